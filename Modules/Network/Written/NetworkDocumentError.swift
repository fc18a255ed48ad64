/// What is wrong with a network configuration, and where. Nothing of the document counts then.
public struct NetworkDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a value has to be.
    public enum Form: String, Hashable, Sendable {
        case mapping = "a mapping"
        case list = "a list"
        case text = "a text"
        case boolean = "true or false"
        case integer = "an integer"
        case address = "an IPv4 or IPv6 address"
        case addressWithLength = "an address with its prefix length"
        case destination = "a network, an address or `default`"
        case netmask = "a netmask or a prefix length"
        case macAddress = "a MAC address"
        case interfaceName = "an interface's name: 1 to 15 bytes without `/`, `:` and blanks"
        case duration = "a time: a number, with or without us, ms, s, min or h"
        case portValue = "a port's name and a number"
    }

    public enum Kind: Hashable, Sendable {
        /// A key that has to be there.
        case missing
        /// Another form than the one that is wanted; what stands there, shortened.
        case wanted(Form, found: String)
        case outOfRange(found: Int, lowest: Int, highest: Int)
        /// None of the format's words.
        case unknownWord(String, known: [String])
        case unknownVersion(Int)
        /// Defined or used a second time.
        case duplicate(String)
        /// An interface that stands on itself.
        case circular(String)
        /// IPv4 and IPv6 where one family is meant.
        case mixedFamilies
        /// Neither of two keys, of which one has to be there.
        case missingBoth(String, String)
        case tooMany(limit: Int)
    }

    /// `ethernets.eth0.addresses[0]`; empty for the document itself.
    public let path: String
    public let kind: Kind

    public init(_ path: String, _ kind: Kind) {
        self.path = path
        self.kind = kind
    }

    public var description: String {
        let words =
            switch kind {
            case .missing: "missing"
            case .wanted(let form, let found): "\(found) is not \(form.rawValue)"
            case .outOfRange(let found, let lowest, let highest): "\(found) is not in \(lowest)…\(highest)"
            case .unknownWord(let word, let known): "\(word) is none of \(known.joined(separator: ", "))"
            case .unknownVersion(let version): "version \(version) is neither 1 nor 2"
            case .duplicate(let name): "\(name) is used twice"
            case .circular(let name): "\(name) stands on itself"
            case .mixedFamilies: "IPv4 and IPv6 in one"
            case .missingBoth(let one, let other): "neither \(one) nor \(other)"
            case .tooMany(let limit): "more than \(limit)"
            }
        return "network configuration, \(path.isEmpty ? "the document" : path): \(words)"
    }
}
