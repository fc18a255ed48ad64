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
        /// The network namespace could not be entered.
        case namespace
        /// A replay was asked what its recording does not answer: the request, in numbers.
        case unrecorded(String)
        /// The host that was read has no netlink.
        case unavailable(NetlinkAbsence)
        /// This kernel has no generic netlink family of that name. The module is what `modprobe` takes to bring it; nil where it is
        /// part of the kernel or not there at all, as ethtool's is (Linux 5.6, CONFIG_ETHTOOL_NETLINK).
        case missingFamily(String, module: String?)
    }

    /// Why the kernel said no, told apart for callers that do something about it.
    public enum Cause: Hashable, Sendable {
        /// EPERM, and EACCES of a system call: a capability is missing, in the user namespace that owns the network namespace:
        /// `CAP_NET_ADMIN` for a request, `CAP_SYS_ADMIN` to enter a namespace.
        case missingCapability(String)
        /// EACCES as an answer to a request, which no capability helps against: IPv6 is off on the link (disable_ipv6), or a route of
        /// type prohibit is what a look-up found.
        case forbidden
        /// EOPNOTSUPP, EAFNOSUPPORT, EPROTONOSUPPORT, ENOPROTOOPT: this kernel, or this driver, cannot.
        case missingFeature
        /// The namespace does not exist, or is none.
        case namespace
        /// ENODEV, ENXIO, ENOENT, ESRCH, EADDRNOTAVAIL: what the request names is not there.
        case notFound
        /// EEXIST: what the request makes is there.
        case exists
        /// EBUSY.
        case busy
        /// EINVAL, ERANGE, EMSGSIZE: a value that the kernel does not take.
        case invalid
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
        /// A capture file is not one, or not one that we read.
        case capture(CaptureDefect)
    }

    public let kind: Kind
    /// What lies behind ``errno``, where it tells; nil for our own findings, and for numbers that say nothing more.
    public var cause: Cause? {
        guard let errno else { return nil }
        if case .missingFamily = kind { return .missingFeature }
        switch (kind, errno) {
        case (.namespace, .notPermitted), (.namespace, .permissionDenied): return .missingCapability("CAP_SYS_ADMIN")
        case (.namespace, _): return .namespace
        case (.refused, .permissionDenied): return .forbidden
        case (_, .notPermitted), (_, .permissionDenied): return .missingCapability("CAP_NET_ADMIN")
        case (_, .addressFamilyNotSupported), (_, .protocolNotSupported),
            (_, .protocolNotAvailable), (_, .notSupported):
            return .missingFeature
        case (_, .operationNotSupportedByDevice), (_, .noSuchAddressOrDevice), (_, .noSuchFileOrDirectory),
            (_, .noSuchProcess),
            (_, .addressNotAvailable):
            return .notFound
        case (_, .fileExists): return .exists
        case (_, .resourceBusy): return .busy
        case (_, .invalidArgument), (_, .outOfRange), (_, .messageTooLong): return .invalid
        default: return nil
        }
    }
    /// What was attempted: a request as its caller named it, or a system call.
    public package(set) var operation: String
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
    /// The attribute that the kernel points at, in the field's words, with what the request had there.
    public var attribute: AttributePath?

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

    @usableFromInline static func malformed(_ defect: Defect, at offset: Int) -> NetlinkError {
        NetlinkError(.malformed(defect), operation: "decode", offset: offset)
    }

    init(_ error: OSError) {
        self.init(
            error.errno == .noBufferSpace ? .overrun : .system, operation: error.operation, subject: error.subject,
            errno: error.errno)
    }

    public var description: String { (subject.map { "\(operation) \($0)" } ?? operation) + ": \(reason)" }

    /// Why, in the kernel's words, without what was attempted and on what.
    public var reason: String {
        var text = ""
        switch kind {
        case .system, .refused, .namespace: text += errno?.description ?? "refused"
        case .malformed(let defect): text += defect.description
        case .timedOut: text += "timed out"
        case .overrun: text += "messages were lost: the socket's buffer ran over"
        case .unrecorded(let request): text += "the recording has no answer to \(request)"
        case .unavailable(let absence): text += absence.description
        case .missingFamily(_, .some(let module)): text += "the kernel lacks it: load the kernel module \(module)"
        case .missingFamily(_, nil): text += "the kernel was built without it"
        }
        if case .missingCapability(let name) = cause { text += " (it takes \(name))" }
        if let kernelMessage, !kernelMessage.isEmpty { text += " (the kernel says: \(kernelMessage))" }
        switch (attribute, missingAttribute) {
        case (let attribute?, nil): text += ", at \(attribute)"
        case (let attribute?, _): text += ", for want of \(attribute)"
        case (nil, let missing):
            if let missing { text += " (attribute \(missing) is missing)" }
            if let offset { text += " (at byte \(offset))" }
        }
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
        case .capture(let defect): defect.description
        }
    }
}
