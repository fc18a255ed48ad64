public import Kernel

extension DesiredNetwork {
    /// A route of an interface, in `ip route`'s words.
    public struct Route: Hashable, Sendable {
        public enum RouteType: String, Hashable, Sendable, CaseIterable {
            case unicast, local, broadcast, anycast, multicast, blackhole, unreachable, prohibit
            /// Back to the rules.
            case `throw`
        }
        public enum Scope: String, Hashable, Sendable, CaseIterable {
            case global, link, host
        }
        public var type = RouteType.unicast
        /// The default route has length 0.
        public var destination: IPPrefix
        /// Nil where the destination is on the link.
        public var gateway: IPAddress?
        /// Nil for the main table, 254 (`local`: 255).
        public var table: Int?
        public var metric: Int?
        public var preferredSource: IPAddress?
        /// The gateway is on the link, whatever its addresses say (`onlink`).
        public var isOnLink = false
        public var mtu: Int?
        /// Nil for the kernel's: `link` without a gateway, `host` of `local`, else `global`.
        public var scope: Scope?
        /// In segments (`initcwnd`, `initrwnd`).
        public var initialCongestionWindow: Int?
        public var initialReceiveWindow: Int?
        /// In bytes (`advmss`).
        public var advertisedMSS: Int?

        public init(_ destination: IPPrefix, via gateway: IPAddress? = nil) {
            self.destination = destination
            self.gateway = gateway
        }
    }

    /// A rule of the policy routing, in `ip rule`'s words.
    public struct Rule: Hashable, Sendable {
        public var source: IPPrefix?
        public var destination: IPPrefix?
        public var table: Int
        /// Nil for the kernel's choice.
        public var priority: Int?
        /// The packet's mark.
        public var mark: Int?
        /// The packet's type of service, 0…255.
        public var typeOfService: Int?

        public init(from source: IPPrefix? = nil, to destination: IPPrefix? = nil, table: Int, priority: Int? = nil) {
            self.source = source
            self.destination = destination
            self.table = table
            self.priority = priority
        }
    }
}
