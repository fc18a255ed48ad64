/// Which of a network namespace's objects a monitor keeps.
public struct NetworkParts: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let links = NetworkParts(rawValue: 1)
    public static let addresses = NetworkParts(rawValue: 2)
    /// Of all tables, `local` included.
    public static let routes = NetworkParts(rawValue: 4)
    /// Of IPv4 and IPv6.
    public static let rules = NetworkParts(rawValue: 8)
    /// Those of IPv4 and IPv6 that `ip neighbor` shows, and the forwarding databases of bridges and VXLANs.
    public static let neighbors = NetworkParts(rawValue: 16)
    /// Whoever asks for less is told less: neighbours change with the traffic.
    public static let all: NetworkParts = [.links, .addresses, .routes, .rules, .neighbors]

    /// With the parts whose notifications tell of changes that this part's own do not.
    var withSources: NetworkParts {
        contains(.routes) ? union([.links, .addresses]) : isEmpty ? self : union(.links)
    }
}
