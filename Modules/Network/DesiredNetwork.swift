public import Kernel

/// The network that a machine is to have: a value, whoever wrote it. Schema: `Documentation/Network.md`.
///
/// Interfaces are known by their MAC address; what the kernel numbers or names them is decided elsewhere. The words are those of
/// `ip`, and so are the units.
public struct DesiredNetwork: Hashable, Sendable {
    public var interfaces: [Interface] = []
    public var hostName: String?
    /// For the whole machine; an interface may have its own beside them.
    public var nameServers: [IPAddress] = []
    public var searchDomains: [String] = []
    /// Names or addresses.
    public var timeServers: [String] = []
    /// Of no interface: the kernel finds the link by the gateway.
    public var routes: [Route] = []

    public init() {}

    /// What a link is.
    public enum Kind: Hashable, Sendable {
        /// A device that is there, and has the interface's MAC address.
        case physical
        /// Of the interfaces with these references (``Interface/reference``), names or MAC addresses. The options are words of
        /// `ip link … type bond`.
        case bond(members: [String], options: [String: String])
        /// On the interface of that reference, name or MAC address; `id` is 0…4094.
        case vlan(id: Int, link: String)
        /// The options are words of `ip link … type bridge`: times in hundredths of a second.
        case bridge(members: [String], options: [String: String] = [:])
    }
}
