public import Kernel
public import SystemPackage

/// Why there is no lease, or why bytes are no DHCP message.
public struct DHCPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of failure; what a caller decides on.
    public enum Kind: Hashable, Sendable {
        /// A system call failed.
        case system
        /// The deadline struck first; `progress` says how far it had come.
        case timedOut(Progress)
        /// What arrived is not well formed.
        case malformed(Defect)
    }

    /// How far an acquisition had come.
    public enum Progress: Hashable, Sendable {
        /// No server offered anything.
        case noOffer
        /// This server offered an address and did not confirm it.
        case noAcknowledgement(from: IPv4Address)
        /// This server refused what it, or another, had offered (DHCPNAK).
        case refused(by: IPv4Address)
    }

    /// What is wrong with bytes.
    public enum Defect: Hashable, Sendable {
        /// Fewer bytes than the fixed part of a message.
        case truncated
        /// The magic cookie is not 99.130.83.99.
        case badCookie
        /// An option's length goes past its field.
        case optionPastEnd
        /// An option's value does not fit its type.
        case badOption(UInt8)
        /// Not an unfragmented IPv4 packet with a whole UDP datagram.
        case notUDP
        /// The IP header or the UDP datagram does not add up.
        case badChecksum
    }

    public let kind: Kind
    /// What was attempted: `acquire`, `decode`, or a system call.
    public let operation: String
    /// The interface, where there is one.
    public let subject: String?
    /// The kernel's number, where there is one.
    public let errno: Errno?
    /// The server's own words (option 56) with its refusal, cleaned of control characters.
    public let serverMessage: String?
    /// Where the defect is, in the message or packet.
    public let offset: Int?

    public init(
        _ kind: Kind, operation: String, subject: String? = nil, errno: Errno? = nil, serverMessage: String? = nil,
        offset: Int? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.serverMessage = serverMessage
        self.offset = offset
    }

    static func malformed(_ defect: Defect, at offset: Int? = nil) -> DHCPError {
        DHCPError(.malformed(defect), operation: "decode", offset: offset)
    }

    init(_ error: OSError) {
        self.init(.system, operation: error.operation, subject: error.subject, errno: error.errno)
    }

    public var description: String {
        var text = subject.map { "\(operation) \($0): " } ?? "\(operation): "
        switch kind {
        case .system: text += errno?.description ?? "failed"
        case .timedOut(.noOffer): text += "no DHCP server made an offer in time"
        case .timedOut(.noAcknowledgement(let server)): text += "\(server) made an offer but did not confirm it in time"
        case .timedOut(.refused(let server)): text += "\(server) refused, and nothing else came in time"
        case .malformed(let defect): text += "\(defect)"
        }
        if let serverMessage { text += " (the server says: \(serverMessage))" }
        if let offset { text += " (at byte \(offset))" }
        return text
    }
}
