internal import Netlink

/// How a request that makes something meets what is there; `ip`'s verbs, by NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_APPEND.
public enum ChangeMode: Hashable, Sendable, CaseIterable {
    /// Makes it; EEXIST where it is.
    case add
    /// Makes it, in the place of one that is.
    case replace
    /// Changes one that is; ENOENT where there is none.
    case change
    /// Makes it behind those that are, of routes: of the same destination and metric, in IPv6 another way of that route.
    case append
    /// Makes it before those that are, of IPv4 routes.
    case prepend

    var flags: NetlinkFlags {
        switch self {
        case .add: [.create, .exclusive]
        case .replace: [.create, .replace]
        case .change: .replace
        case .append: [.create, .append]
        case .prepend: .create
        }
    }

    /// The verb, for errors.
    package var operation: String { "\(self)" }
}
