public import Kernel

/// Something that a program waits for in a network namespace.
public enum NetworkCondition: Hashable, Sendable, CustomStringConvertible {
    /// The link is up and has carrier.
    case carrier(on: LinkReference)
    /// The address is there and usable: duplicate address detection has ended. On any link where none is named.
    case address(IPAddress, on: LinkReference? = nil)
    /// The address is not there, or its link is not.
    case addressGone(IPAddress, on: LinkReference? = nil)
    /// A link of that name is there, new or renamed.
    case link(named: String)
    /// A default route of the main table whose packets go somewhere: with a gateway or a link, and not to a dead or a carrierless one alone.
    case defaultRoute(isIPv4: Bool)

    public var description: String {
        switch self {
        case .carrier(let link): "carrier on \(link)"
        case .address(let address, let link): Self.words("address \(address)", link)
        case .addressGone(let address, let link): Self.words("no address \(address)", link)
        case .link(let name): "link \(name)"
        case .defaultRoute(let isIPv4): isIPv4 ? "default route of IPv4" : "default route of IPv6"
        }
    }

    private static func words(_ text: String, _ link: LinkReference?) -> String {
        link.map { "\(text) on \($0)" } ?? text
    }

    /// What a condition still lacks.
    public enum Lack: Hashable, Sendable, CustomStringConvertible {
        case noLink(LinkReference)
        /// IFF_UP is not set.
        case linkIsDown(LinkReference)
        case noCarrier(LinkReference)
        case noAddress
        /// IFA_F_TENTATIVE: duplicate address detection is under way.
        case detectionUnderWay
        /// IFA_F_DADFAILED: another host has the address. Waiting does not help, so it ends the wait.
        case duplicateAddress
        case addressIsThere
        case noDefaultRoute

        public var description: String {
            switch self {
            case .noLink(let link): "there is no \(link)"
            case .linkIsDown(let link): "\(link) is not up"
            case .noCarrier(let link): "\(link) has no carrier"
            case .noAddress: "there is no such address"
            case .detectionUnderWay: "duplicate address detection is under way"
            case .duplicateAddress: "another host has the address"
            case .addressIsThere: "the address is still there"
            case .noDefaultRoute: "there is none"
            }
        }
    }

    /// The parts of the state that it is seen in.
    var parts: NetworkParts {
        switch self {
        case .carrier, .link: .links
        case .address, .addressGone: [.links, .addresses]
        case .defaultRoute: [.links, .routes]
        }
    }

    /// What it lacks in `state`; nil where it holds.
    public func lack(in state: NetworkState) -> Lack? {
        switch self {
        case .carrier(let reference):
            guard let link = Self.find(reference, in: state) else { return .noLink(reference) }
            if !link.isUp { return .linkIsDown(reference) }
            return link.hasCarrier ?? link.flags.contains(.lowerUp) ? nil : .noCarrier(reference)
        case .address(let address, let reference):
            if let reference, Self.find(reference, in: state) == nil { return .noLink(reference) }
            return Self.lackOfUse(Self.find(address, on: reference, in: state))
        case .addressGone(let address, let reference):
            return Self.find(address, on: reference, in: state).isEmpty ? nil : .addressIsThere
        case .link(let name):
            return state.link(named: name) == nil ? .noLink(.name(name)) : nil
        case .defaultRoute(let isIPv4):
            return state.routes.contains { Self.isUsable($0, isIPv4: isIPv4, in: state) } ? nil : .noDefaultRoute
        }
    }

    private static func find(_ reference: LinkReference, in state: NetworkState) -> Link? {
        switch reference {
        case .index(let index): state.link(index: index)
        case .name(let name): state.link(named: name)
        }
    }

    private static func find(
        _ address: IPAddress, on reference: LinkReference?, in state: NetworkState
    ) -> [InterfaceAddress] {
        let found = state.addresses.filter { $0.prefix.address == address }
        guard let reference else { return found }
        guard let link = find(reference, in: state) else { return [] }
        return found.filter { $0.linkIndex == link.index }
    }

    /// An optimistic address is tentative and in use (RFC 4429): here it counts when its detection has ended.
    private static func lackOfUse(_ addresses: [InterfaceAddress]) -> Lack? {
        if addresses.isEmpty { return .noAddress }
        let rest = addresses.filter { !$0.flags.contains(.duplicateDetected) }
        if rest.isEmpty { return .duplicateAddress }
        return rest.contains { !$0.flags.contains(.tentative) } ? nil : .detectionUnderWay
    }

    private static func isUsable(_ route: Route, isIPv4: Bool, in state: NetworkState) -> Bool {
        guard route.destination.isDefault, route.destination.address.isIPv4 == isIPv4, route.type == .unicast,
            route.table == Route.mainTable
        else { return false }
        guard let index = route.linkIndex else { return true }
        guard let link = state.link(index: index) else { return false }
        return link.isUp && (link.hasCarrier ?? true)
    }
}
