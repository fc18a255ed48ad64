internal import Kernel

/// A network namespace's objects, as a monitor has them at one time.
///
/// A value: what a monitor does later does not change it. Its copies share their storage until then.
public struct NetworkState: Hashable, Sendable {
    var linkTable = ObjectTable<Link>()
    var addressTable = ObjectTable<InterfaceAddress>()
    var routeTable = ObjectTable<Route>()

    /// By index.
    public var links: [Link] { linkTable.objects.sorted { $0.index < $1.index } }
    /// Of both families, by link.
    public var addresses: [InterfaceAddress] { addressTable.objects.sorted { $0.linkIndex < $1.linkIndex } }
    /// Of all tables and both families, in no order.
    public var routes: [Route] { routeTable.objects }

    /// The link of that number.
    public func link(index: Int32) -> Link? { linkTable[index].first }

    /// The link of that name.
    public func link(named name: String) -> Link? { linkTable.objects.first { $0.name == name } }

    /// A link's addresses.
    public func addresses(on linkIndex: Int32) -> [InterfaceAddress] {
        addressTable.objects.filter { $0.linkIndex == linkIndex }
    }
}
