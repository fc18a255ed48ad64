/// Which of a network namespace's objects a monitor keeps.
public struct NetworkParts: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let links = NetworkParts(rawValue: 1)
    public static let addresses = NetworkParts(rawValue: 2)
    /// Of all tables, `local` included.
    public static let routes = NetworkParts(rawValue: 4)
    public static let all: NetworkParts = [.links, .addresses, .routes]

    /// With the parts whose notifications tell of changes that this part's own do not.
    var withSources: NetworkParts {
        contains(.routes) ? union([.links, .addresses]) : contains(.addresses) ? union(.links) : self
    }
}
