internal import Kernel
public import SystemPackage

/// Why there is no answer of VMware's, or why it is no good one.
public struct GuestRPCError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of failure; what a caller decides on.
    public enum Kind: Hashable, Sendable {
        /// There is nobody to ask: no VMware, or none of the channels to it.
        case unavailable(Absence)
        /// The host has no value of that name (`0 No value found`).
        case notFound
        /// The host answered `0` for another reason; ``hostMessage`` has its words.
        case refused
        /// The deadline struck first.
        case timedOut
        /// What was to be sent, or what the host announces, is over the limit in bytes.
        case tooLarge(limit: Int)
        /// The channel broke off in the middle.
        case connectionLost
        /// What the host sent is not well formed.
        case malformed(Defect)
        /// The name, or the value, cannot be sent.
        case unsendable(Unsendable)
        /// A replay was asked what its recording does not answer.
        case unrecorded
        /// A system call failed.
        case system
    }

    /// Why there is nobody to ask.
    public enum Absence: Hashable, Sendable {
        /// CPUID names no VMware; `signature` is the hypervisor's, empty where there is none.
        case otherHypervisor(signature: String)
        /// The processor refused the read of the port (SIGSEGV, caught): no VMware is behind it, or one whose ports are closed to
        /// programs (`monitor_control.restrict_backdoor`).
        case portFaulted
        /// The ports answer, but not as VMware's do.
        case portSilent
        /// The ports are x86's.
        case architecture
        /// The host does not open a channel: all of its eight are taken, or guest RPC is off.
        case channelRefused
        /// There is no vsock to the hypervisor; ``GuestRPCError/errno`` says why.
        case noSocket
        /// None of the channels worked; each with its own failure.
        case noChannel([GuestRPCError])
    }

    /// What is wrong with what the host sent.
    public enum Defect: Hashable, Sendable {
        /// The bytes end inside a field.
        case truncated
        /// A length or a count is negative or goes past the bytes that there are.
        case lengthPastEnd
        /// A field's type is none of the four.
        case unknownType(UInt32)
        /// Two fields have the same id.
        case duplicateField(UInt32)
        /// A packet has no payload, or one that is no string of bytes.
        case noPayload
        /// A packet is not of the type that carries an answer.
        case wrongPacketType(Int64)
        /// A reply does not start with `1` or `0` and a space.
        case noStatus
        /// The ports' protocol was left: another message type than the one that is due.
        case wrongMessageType(UInt16)
    }

    /// Why something cannot be sent.
    public enum Unsendable: Hashable, Sendable {
        /// A key is empty, too long, or has other letters than printable ASCII without spaces.
        case key
        /// A zero byte, at which the host's strings end.
        case zeroByte
        /// A command without a byte in it.
        case empty
    }

    public let kind: Kind
    /// What was attempted: `info-get`, or a step of the channel's.
    public var operation: String
    /// The key, where there is one. Never a value.
    public var subject: String?
    /// The channel that it happened on.
    public var channel: GuestRPCChannel?
    /// The kernel's number, where there is one.
    public let errno: Errno?
    /// The host's own words with a refusal, cleaned of control characters.
    public let hostMessage: String?
    /// Where the defect is in the packet.
    public let offset: Int?

    public init(
        _ kind: Kind, operation: String, subject: String? = nil, channel: GuestRPCChannel? = nil, errno: Errno? = nil,
        hostMessage: String? = nil, offset: Int? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.subject = subject
        self.channel = channel
        self.errno = errno
        self.hostMessage = hostMessage
        self.offset = offset
    }

    init(_ error: OSError, _ kind: Kind = .system, channel: GuestRPCChannel? = nil) {
        self.init(kind, operation: error.operation, subject: error.subject, channel: channel, errno: error.errno)
    }

    static func malformed(_ defect: Defect, at offset: Int? = nil) -> GuestRPCError {
        GuestRPCError(.malformed(defect), operation: "decode", offset: offset)
    }

    /// Whether another channel may do better: this one is not there, or broke off, or talks nonsense.
    var isOfTheChannel: Bool {
        switch kind {
        case .unavailable, .connectionLost, .malformed, .system: true
        case .notFound, .refused, .timedOut, .tooLarge, .unsendable, .unrecorded: false
        }
    }

    public var description: String {
        var text = subject.map { "\(operation) \($0): \(reason)" } ?? "\(operation): \(reason)"
        if let offset { text += " (at byte \(offset))" }
        return text
    }

    /// The same without the operation and the object.
    public var reason: String {
        switch kind {
        case .unavailable(let absence): absence.words(errno)
        case .notFound: hostMessage.map { "the host has no such value (\($0))" } ?? "the host has no such value"
        case .refused: "the host refused: \(hostMessage.flatMap { $0.isEmpty ? nil : $0 } ?? "it gives no reason")"
        case .timedOut: "no answer in time"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .connectionLost: "the channel broke off" + (errno.map { " (\($0))" } ?? "")
        case .malformed(let defect): "the host's answer makes no sense: \(defect)"
        case .unsendable(.key): "a key has 1 to \(GuestInfoKey.maximumLength) printable letters and no space"
        case .unsendable(.zeroByte): "a zero byte ends the host's strings"
        case .unsendable(.empty): "nothing to send"
        case .unrecorded: "the recording has no answer to that"
        case .system: errno?.description ?? "failed"
        }
    }
}

extension GuestRPCError.Absence {
    fileprivate func words(_ errno: Errno?) -> String {
        switch self {
        case .otherHypervisor(let signature):
            signature.isEmpty ? "there is no hypervisor here" : "the hypervisor here is \(signature), not VMware"
        case .portFaulted: "no VMware answers: the processor refuses its port"
        case .portSilent: "no VMware answers at its port"
        case .architecture: "VMware's ports are x86's"
        case .channelRefused: "the host opens no channel for guest RPC"
        case .noSocket: "no vsock to the hypervisor" + (errno.map { " (\($0))" } ?? "")
        case .noChannel(let failures): "no channel to VMware: " + Self.words(failures)
        }
    }

    /// Each reason once, behind the channels that have it.
    private static func words(_ failures: [GuestRPCError]) -> String {
        var reasons: [(channels: [String], reason: String)] = []
        for failure in failures {
            let name = failure.channel?.rawValue ?? "?"
            if let place = reasons.firstIndex(where: { $0.reason == failure.reason }) {
                reasons[place].channels.append(name)
            } else {
                reasons.append(([name], failure.reason))
            }
        }
        return reasons.map { "\($0.channels.joined(separator: ", ")): \($0.reason)" }.joined(separator: "; ")
    }
}
