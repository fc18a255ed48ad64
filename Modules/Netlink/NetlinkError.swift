internal import Kernel
public import SystemPackage

/// What went wrong between us and the kernel over netlink(7).
public struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of failure; what a caller decides on, together with `errno`.
    public enum Kind: Hashable, Sendable {
        /// A system call on the socket failed.
        case system
        /// The kernel answered the request with an error.
        case refused
        /// What arrived, or what was to be sent, is not well formed.
        case malformed(Defect)
        /// The deadline struck first.
        case timedOut
        /// The socket's buffer ran over and messages are lost (ENOBUFS).
        case overrun
    }

    /// What is wrong with bytes.
    public enum Defect: Hashable, Sendable {
        /// The bytes end inside a header.
        case truncatedHeader
        /// A length is shorter than the header that holds it, zero included.
        case lengthBelowHeader(Int)
        /// A length goes past the bytes that there are.
        case lengthPastEnd(Int)
        /// An attribute or a message's body is shorter than its type.
        case tooShort(Int)
        /// The datagram was larger than any buffer that we are willing to grow to.
        case datagramTooLarge(Int)
        /// A request outgrew the 16 bits of an attribute's length.
        case attributeTooLong
        /// A single answer was asked for and none came before the acknowledgement.
        case noAnswer
    }

    public let kind: Kind
    /// What was attempted: a request as its caller named it, or a system call.
    public let operation: String
    /// The object that the request is about: `link eth0`, `address 10.0.0.2/24 on eth0`.
    public var subject: String?
    /// The kernel's number, where there is one.
    public let errno: Errno?
    /// The kernel's own words (NLMSGERR_ATTR_MSG, extended acknowledgement).
    public var kernelMessage: String?
    /// Where the defect is in the datagram, or where the kernel found fault in our request (NLMSGERR_ATTR_OFFS).
    public var offset: Int?
    /// The attribute that the kernel missed (NLMSGERR_ATTR_MISS_TYPE, Linux 6.1).
    public var missingAttribute: UInt32?

    public init(
        _ kind: Kind, operation: String, subject: String? = nil, errno: Errno? = nil, kernelMessage: String? = nil,
        offset: Int? = nil, missingAttribute: UInt32? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.kernelMessage = kernelMessage
        self.offset = offset
        self.missingAttribute = missingAttribute
    }

    static func malformed(_ defect: Defect, at offset: Int) -> NetlinkError {
        NetlinkError(.malformed(defect), operation: "decode", offset: offset)
    }

    init(_ error: OSError) {
        self.init(
            error.errno == .noBufferSpace ? .overrun : .system, operation: error.operation, subject: error.subject,
            errno: error.errno)
    }

    public var description: String {
        var text = subject.map { "\(operation) \($0): " } ?? "\(operation): "
        switch kind {
        case .system, .refused: text += errno?.description ?? "refused"
        case .malformed(let defect): text += defect.description
        case .timedOut: text += "timed out"
        case .overrun: text += "messages were lost: the socket's buffer ran over"
        }
        if let kernelMessage, !kernelMessage.isEmpty { text += " (the kernel says: \(kernelMessage))" }
        if let missingAttribute { text += " (attribute \(missingAttribute) is missing)" }
        if let offset { text += " (at byte \(offset))" }
        return text
    }
}

extension NetlinkError.Defect: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncatedHeader: "the bytes end inside a header"
        case .lengthBelowHeader(let length): "a length of \(length) does not hold its own header"
        case .lengthPastEnd(let length): "a length of \(length) goes past the end"
        case .tooShort(let length): "\(length) bytes are too few for the type"
        case .datagramTooLarge(let length): "a datagram of \(length) bytes is past the limit"
        case .attributeTooLong: "an attribute is longer than 65535 bytes"
        case .noAnswer: "the kernel acknowledged without an answer"
        }
    }
}
