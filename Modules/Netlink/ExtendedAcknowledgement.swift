internal import CKernel
internal import Kernel
internal import SystemPackage

/// What NLMSG_ERROR, or NLMSG_DONE of a dump, says: struct nlmsgerr (linux/netlink.h) with its attributes.
///
/// NLMSG_ERROR holds an errno, the header of the request and, unless NLM_F_CAPPED is set, its body, then attributes.
/// NLMSG_DONE holds an errno and attributes at once; its body may be empty, which is no error.
public struct ExtendedAcknowledgement: Hashable, Sendable {
    /// Positive; 0 is success.
    public private(set) var errno: Int32 = 0
    /// NLMSGERR_ATTR_MSG: the kernel's own words, for a warning too.
    public private(set) var message: String?
    /// NLMSGERR_ATTR_OFFS: where in the request the fault is.
    public private(set) var offset: UInt32?
    /// NLMSGERR_ATTR_MISS_TYPE.
    public private(set) var missingAttribute: UInt32?
    /// NLMSGERR_ATTR_MISS_NEST: where the nest begins that it is missing in; nil where that is the message itself.
    public private(set) var missingNest: UInt32?

    /// Decodes the body of `message`, which is of type NLMSG_ERROR or NLMSG_DONE.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        var cursor = ByteCursor(at: message.body.lowerBound)
        let isDone = message.type == UInt16(NLMSG_DONE)
        if isDone, message.body.count < 4 { return }
        guard message.body.count >= 4, let negative: Int32 = cursor.load(bytes) else {
            throw .malformed(.tooShort(message.body.count), at: message.offset)
        }
        errno = negative == .min ? .max : abs(negative)
        guard message.flags.contains(.extendedAcknowledgement) else { return }
        var start = 4
        if !isDone {
            guard message.body.count >= 4 + NetlinkMessage.headerSize, let length: UInt32 = cursor.load(bytes) else {
                throw .malformed(.tooShort(message.body.count), at: message.offset)
            }
            start += message.flags.contains(.capped) ? NetlinkMessage.headerSize : aligned(Int(length))
        }
        var attributes = message.attributes(after: start)
        while let attribute = try attributes.next(bytes) {
            switch attribute.type {
            case Int(NLMSGERR_ATTR_MSG.rawValue): self.message = try attribute.text(bytes)
            case Int(NLMSGERR_ATTR_OFFS.rawValue): offset = try attribute.integer(bytes)
            case Int(NLMSGERR_ATTR_MISS_TYPE.rawValue): missingAttribute = try attribute.integer(bytes)
            case Int(NLMSGERR_ATTR_MISS_NEST.rawValue): missingNest = try attribute.integer(bytes)
            default: break
            }
        }
    }

    /// The error that it is for a request with that body, whose attributes `schema` names; nil where it is success.
    func error(operation: String, subject: String?, body: [UInt8], schema: MessageSchema?) -> NetlinkError? {
        if errno == 0 { return nil }
        var error = NetlinkError(
            .refused, operation: operation, subject: subject, errno: Errno(rawValue: errno),
            kernelMessage: message, offset: offset.map { Int($0) }, missingAttribute: missingAttribute)
        error.attribute = schema?.path(
            offset: offset.map { Int($0) }, missingType: missingAttribute.map { Int($0) },
            missingNest: missingNest.map { Int($0) }, in: body)
        return error
    }
}
