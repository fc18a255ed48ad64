public import Kernel
public import Netlink

/// Why a recording cannot be made, written or read.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The archive ends inside a header or a member.
        case truncated
        /// The header's checksum is not that of its bytes.
        case badChecksum
        /// The block is no tar header, or not zero where the archive has ended.
        case notTar
        /// A field of a header, or a pax record, does not parse.
        case badField(String)
        /// A member that is no regular file: its type flag.
        case unsupportedType(UInt8)
        /// A name that leaves the folder it is unpacked in.
        case unsafeName(String)
        case duplicateName(String)
        /// A member, the archive or their number passes its limit, in bytes or members.
        case tooLarge(limit: Int)
        /// The archive is a tar but no recording: this member is missing.
        case missingMember(String)
        /// A recording of a format that this build does not know.
        case unknownVersion(Int)
        /// A member's JSON is malformed or says what it must not.
        case badDocument(member: String, problem: String)
        /// `netlink.pcap` does not read, or is of a machine of the other byte order.
        case badCapture(NetlinkError)
        /// A verb's name that cannot be a file's, or is there twice.
        case badVerb(String)
        case system(OSError)
    }
    public let kind: Kind
    /// Where in the archive, in bytes; nil where it is about no single place.
    public let offset: Int?

    public init(_ kind: Kind, offset: Int? = nil) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String {
        let words =
            switch kind {
            case .truncated: "the archive ends too early"
            case .badChecksum: "a header's checksum is wrong"
            case .notTar: "this is no tar header"
            case .badField(let field): "the header's \(field) is malformed"
            case .unsupportedType(let flag): "a member of type \(flag) is no file"
            case .unsafeName(let name): "the name \(name) leaves the archive's folder"
            case .duplicateName(let name): "the name \(name) is there twice"
            case .tooLarge(let limit): "it is larger than \(limit)"
            case .missingMember(let name): "no recording: it has no \(name)"
            case .unknownVersion(let version): "a recording of version \(version); this build reads 1"
            case .badDocument(let member, let problem): "\(member): \(problem)"
            case .badCapture(let error): "netlink.pcap: \(error)"
            case .badVerb(let name): "\"\(name)\" cannot name an answer"
            case .system(let error): error.description
            }
        return offset.map { "\(words) (at byte \($0))" } ?? words
    }
}
