/// What became of one object.
public enum NetworkChange<Object: Hashable & Sendable>: Hashable, Sendable {
    case added(Object)
    case changed(from: Object, to: Object)
    case removed(Object)

    /// As it is now, or was when it went.
    public var object: Object {
        switch self {
        case .added(let object), .changed(_, let object), .removed(let object): object
        }
    }

    /// As it was before; nil for one that is new.
    public var old: Object? {
        switch self {
        case .added: nil
        case .changed(let old, _), .removed(let old): old
        }
    }

    /// As it is now; nil for one that is gone.
    public var new: Object? {
        switch self {
        case .added(let object), .changed(_, let object): object
        case .removed: nil
        }
    }
}

/// What a monitor tells.
public enum NetworkEvent: Hashable, Sendable {
    case link(NetworkChange<Link>)
    case address(NetworkChange<InterfaceAddress>)
    case route(NetworkChange<Route>)
    case rule(NetworkChange<Rule>)
    case neighbor(NetworkChange<Neighbor>)
    /// Notifications were lost, `count` times so far. The state is read anew; the differences follow as changes, then
    /// ``resynchronized(_:)``.
    case overrun(count: Int)
    /// After a loss, or at the start: the state of these parts is the kernel's again.
    case resynchronized(NetworkParts)
}
