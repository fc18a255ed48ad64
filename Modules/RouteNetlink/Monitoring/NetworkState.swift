internal import Kernel

/// A network namespace's objects, as a monitor has them at one time.
///
/// A value: what a monitor does later does not change it. Its copies share their storage until then.
///
/// Each object is as the last event about it told: its counters, timers and remaining lifetimes are of that time.
public struct NetworkState: Hashable, Sendable {
    var linkTable = ObjectTable<Link>()
    var addressTable = ObjectTable<InterfaceAddress>()
    var routeTable = ObjectTable<Route>()
    var ruleTable = ObjectTable<Rule>()
    var neighborTable = ObjectTable<Neighbor>()

    /// By index.
    public var links: [Link] { linkTable.objects.sorted { $0.index < $1.index } }
    /// Of both families, by link.
    public var addresses: [InterfaceAddress] { addressTable.objects.sorted { $0.linkIndex < $1.linkIndex } }
    /// Of all tables and both families, in no order.
    public var routes: [Route] { routeTable.objects }
    /// IPv4's and then IPv6's, by priority. Of several that are the same in all there is one.
    public var rules: [Rule] {
        ruleTable.objects.sorted { ($0.family.rawValue, $0.priority ?? 0) < ($1.family.rawValue, $1.priority ?? 0) }
    }
    /// Of both families and of the forwarding databases, by link: what `ip neighbor` shows and what bridges and VXLANs forward by.
    /// Proxied addresses, and the multicast addresses that devices listen to, are not among them: nothing tells when they change.
    public var neighbors: [Neighbor] { neighborTable.objects.sorted { $0.linkIndex < $1.linkIndex } }

    /// The link of that number.
    public func link(index: Int32) -> Link? { linkTable[index].first }

    /// The link of that name.
    public func link(named name: String) -> Link? { linkTable.objects.first { $0.name == name } }

    /// A link's addresses.
    public func addresses(on linkIndex: Int32) -> [InterfaceAddress] {
        addressTable.objects.filter { $0.linkIndex == linkIndex }
    }
}
