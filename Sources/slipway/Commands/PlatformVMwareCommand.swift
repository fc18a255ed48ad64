import ArgumentParser
import Documents
import FoundationEssentials
import GuestRPC
import Kernel

extension PlatformCommand {
    struct VMware: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "vmware", abstract: "The values that this machine shares with its VMware host.",
            subcommands: [Get.self, Set.self])
    }
}

/// What both verbs take. VMware is asked whatever CPUID says: the guard of the ports stands before a machine without it.
private struct GuestRPCOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The value's name, with or without 'guestinfo.' before it.", valueName: "key"))
    var key: String
    @Option(
        help: ArgumentHelp(
            "Ask by this channel alone: \(GuestRPCChannel.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "channel"),
        transform: {
            guard let channel = GuestRPCChannel(rawValue: $0) else { throw ValidationError("'\($0)' is no channel.") }
            return channel
        })
    var channel: GuestRPCChannel?
    @Option(help: ArgumentHelp("Seconds until it gives up.", valueName: "seconds")) var timeout: Double = 5

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout is a number of seconds up to 86400.")
        }
    }

    /// The channel is given back also where the verb fails: the host has eight, and ours ends with no process of ours.
    func ask<Answer>(
        _ operation: String, _ body: (GuestRPCClient, GuestInfoKey, Deadline) throws -> Answer
    ) throws -> Answer {
        let name: GuestInfoKey
        do { name = try GuestInfoKey(key) } catch {
            throw CommandFailure(.usage, operation, on: key, message: error.reason)
        }
        let channels = channel.map { [$0] } ?? GuestRPCChannel.allCases
        let client = GuestRPCClient(LiveGuestRPC(channels: channels, assumingVMware: true))
        defer { client.close() }
        do { return try body(client, name, Deadline(in: .seconds(timeout))) } catch let error as GuestRPCError {
            throw CommandFailure(error, operation, on: name.name)
        }
    }
}

extension PlatformCommand.VMware {
    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a value's bytes as they are.",
            discussion: "Exit status 4 is that the host has no such value.")
        @OptionGroup fileprivate var options: GuestRPCOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try options.ask("platform vmware get") { client, key, deadline in
                guard let value = try client.value(of: key, until: deadline) else {
                    throw GuestRPCError(.notFound, operation: "info-get", subject: key.name)
                }
                guard output.json else { return Terminal.answer(bytes: value) }
                let document: JSONValue = [
                    "key": .string(key.name), "value": JSONValue(String(validating: value, as: UTF8.self)),
                    "base64": .string(Data(value).base64EncodedString()),
                    "channel": JSONValue(client.channel?.rawValue),
                ]
                try Terminal.answer(document)
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a value, which the host keeps until the machine is powered off.",
            discussion: """
                What stands for a value that was taken away is '---' (slipway platform vmware set userdata -- ---). An empty value \
                is set to a space: the host takes none.
                """)
        @OptionGroup fileprivate var options: GuestRPCOptions
        @Argument(help: ArgumentHelp("The value; behind '--' where it begins with a dash.", valueName: "value"))
        var value: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            try options.ask("platform vmware set") { client, key, deadline in
                try client.setValue(Array(value.utf8), of: key, until: deadline)
                guard output.json else { return }
                let document: JSONValue = [
                    "key": .string(key.name), "byte_count": JSONValue(value.utf8.count),
                    "channel": JSONValue(client.channel?.rawValue),
                ]
                try Terminal.answer(document)
            }
        }
    }
}

extension CommandFailure {
    /// 4 where the host has no such value, 5 where the time is up, 2 for what cannot be sent, 1 for all else: a refusal, or no VMware.
    init(_ error: GuestRPCError, _ operation: String, on subject: String) {
        let exit: Exit
        var hint: String?
        switch error.kind {
        case .notFound: exit = .notFound
        case .timedOut:
            exit = .timedOut
            hint = "give it longer with --timeout"
        case .unsendable: exit = .usage
        case .tooLarge(GuestRPCLimits.request):
            exit = .failed
            hint = "the host takes no command over \(GuestRPCLimits.request) bytes"
        case .unavailable(let absence):
            exit = .failed
            hint = absence.hint
        default: exit = .failed
        }
        self.init(exit, operation, on: subject, errno: error.errno, message: error.reason, hint: hint)
    }
}

extension GuestRPCError.Absence {
    fileprivate var hint: String {
        switch self {
        case .channelRefused: "all of the host's channels may be taken: end other guest tools, or try again"
        case .noChannel(let failures) where failures.contains { $0.kind == .unavailable(.channelRefused) }:
            GuestRPCError.Absence.channelRefused.hint
        default: "'slipway platform detect' says what this machine is"
        }
    }
}
