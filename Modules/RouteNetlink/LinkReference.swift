internal import Netlink

/// Which link is meant, where the kernel takes either.
public enum LinkReference: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's number.
    case index(Int32)
    /// The name, or an alternative one.
    case name(String)

    /// As errors have it: `link eth0`.
    public var description: String {
        switch self {
        case .index(let index): "link \(index)"
        case .name(let name): "link \(name)"
        }
    }
}

extension MessageWriter {
    /// The link, as one of two attributes: a number or a name.
    mutating func attribute(_ link: LinkReference, index: some BinaryInteger, name: some BinaryInteger) {
        switch link {
        case .index(let number): attribute(index, integer: number)
        case .name(let text): attribute(name, text: text)
        }
    }
}
