public import Kernel

/// Asks the VMware host by its guest RPC (RPCI): the values of `guestinfo`, and any other command.
///
/// ```swift
/// let client = GuestRPCClient(LiveGuestRPC())
/// defer { client.close() }
/// let metadata = try client.item(.metadata, until: Deadline(in: .seconds(5)))
/// ```
///
/// Everything that is asked of one client goes over one channel, which stays open between the commands.
public struct GuestRPCClient: Sendable {
    /// What carries the commands.
    public let transport: any GuestRPCTransport

    public init(_ transport: any GuestRPCTransport) { self.transport = transport }

    /// The channel by which the last reply came.
    public var channel: GuestRPCChannel? { transport.channel }

    /// Gives the channel back to the host. It is not needed after ``GuestRPCTransport``'s own end, but exit(3) is no such end.
    public func close() { transport.close() }

    /// Sends an RPCI command (`info-get guestinfo.ovfEnv`, `machine.id.get`, `vmx.capability.…`) and answers with what follows the `1 `
    /// of the reply.
    ///
    /// Throws ``GuestRPCError/Kind-swift.enum/notFound`` and ``GuestRPCError/Kind-swift.enum/refused`` for a reply that starts with `0 `.
    ///
    /// - Parameters:
    ///   - command: its bytes; without a zero byte, at which the host's strings end.
    ///   - deadline: when it ends whatever happens.
    public func send(_ command: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try send(command, operation: Self.verb(of: command), on: nil, until: deadline)
    }

    /// The same, of text.
    public func send(_ command: String, until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try send(Array(command.utf8), until: deadline)
    }

    func send(
        _ command: [UInt8], operation: String, on subject: String?, until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        do throws(GuestRPCError) {
            if command.contains(0) { throw GuestRPCError(.unsendable(.zeroByte), operation: operation) }
            return try Self.answer(in: transport.exchange(command, until: deadline), to: operation)
        } catch {
            var error = error
            error.operation = operation
            error.subject = subject ?? error.subject
            error.channel = error.channel ?? transport.channel
            throw error
        }
    }

    /// The first word, for errors: a command's arguments may be secrets.
    private static func verb(of command: [UInt8]) -> String {
        let word = command.prefix(64).prefix { $0 > 0x20 && $0 < 0x7f }
        return word.isEmpty ? "guest RPC" : String(decoding: word, as: UTF8.self)
    }

    /// What follows `1 `. What follows `0 ` is thrown.
    private static func answer(in reply: [UInt8], to operation: String) throws(GuestRPCError) -> [UInt8] {
        guard reply.count >= 2, reply[1] == UInt8(ascii: " ") else { throw .malformed(.noStatus, at: 0) }
        let rest = Array(reply.dropFirst(2))
        switch reply[0] {
        case UInt8(ascii: "1"): return rest
        case UInt8(ascii: "0"):
            let words = cleaned(rest)
            throw GuestRPCError(
                isNothing(words) ? .notFound : .refused, operation: operation, hostMessage: words)
        default: throw .malformed(.noStatus, at: 0)
        }
    }

    /// The host's words for a value that is not set: of `info-get` "No value found" (cloud-init's DataSourceVMware knows them by that),
    /// of `machine.id.get` "No machine id".
    private static func isNothing(_ words: String) -> Bool {
        ["no value found", "no machine id"].contains { words.lowercased().hasPrefix($0) }
    }

    /// Words for a person's terminal, of foreign bytes.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(256), as: UTF8.self)
        var words = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar.properties.generalCategory != .control { words.append(scalar) }
        return String(String(words).drop { $0 == " " })
    }
}
