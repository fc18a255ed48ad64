internal import CKernel
internal import Glibc
public import Kernel
internal import Netlink

/// What few routes have, read from and written to ``attributes``.
extension Route {
    /// RTA_SRC with rtm_src_len: packets from there only. IPv6 takes it of routes, IPv4 of lookups.
    public var source: IPPrefix? {
        get {
            guard let address = attributes[address: RTA_SRC.rawValue] else { return nil }
            return IPPrefix(address, length: Int(sourceLength))
        }
        set {
            attributes[address: RTA_SRC.rawValue] = newValue?.network.address
            sourceLength = UInt8(clamping: newValue?.length ?? 0)
        }
    }

    /// How long until the kernel removes it (IPv6); nil is never. Whole seconds of what RTA_CACHEINFO says, and of what is sent.
    public var lifetime: Duration? {
        get { expiryTicks == 0 ? nil : .seconds(Int64(expiryTicks) / Ticks.perSecond) }
        set {
            let seconds = newValue.map { max(1, $0.components.seconds) } ?? 0
            let (ticks, overflows) = seconds.multipliedReportingOverflow(by: Ticks.perSecond)
            expiryTicks = overflows ? .max : Int32(clamping: ticks)
        }
    }

    /// RTA_MULTIPATH: the ways among which packets are shared; empty for a route with one, which is in ``gateway`` and
    /// ``linkIndex``. What the kernel sends and cannot be read is left out, and stays in ``attributes``.
    public var hops: [RouteHop] {
        get { attributes.with(RTA_MULTIPATH.rawValue) { RouteHop.list($0.payload, in: $1) } ?? [] }
        set {
            attributes.remove(RTA_MULTIPATH.rawValue)
            let isIPv4 = isIPv4
            if newValue.isEmpty { return }
            attributes.append { writer in
                writer.nest(RTA_MULTIPATH.rawValue, marked: false) { writer in
                    for hop in newValue { hop.write(into: &writer, isIPv4: isIPv4) }
                }
            }
        }
    }

    /// RTA_METRICS: what is known of the path, for the transport protocols.
    public var metrics: RouteMetrics {
        get { RouteMetrics(attributes.nested(RTA_METRICS.rawValue) ?? AttributeSet()) }
        set {
            attributes.remove(RTA_METRICS.rawValue)
            if newValue.attributes.isEmpty { return }
            attributes.append { writer in
                writer.nest(RTA_METRICS.rawValue, marked: false) { $0.append(newValue.attributes) }
            }
        }
    }

    /// RTA_ENCAP_TYPE and RTA_ENCAP: a header that packets are given on their way.
    public var encapsulation: RouteEncapsulation? {
        get { RouteEncapsulation(in: attributes) }
        set { RouteEncapsulation.set(newValue, in: &attributes) }
    }

    /// RTA_FLOW.
    public var realms: RouteRealms? {
        get { attributes[RTA_FLOW.rawValue, as: UInt32.self].map { RouteRealms($0) } }
        set { attributes[RTA_FLOW.rawValue, as: UInt32.self] = newValue?.flow }
    }

    /// RTA_IIF: where the packet came in; of a lookup's answer, and of multicast routes.
    public var inputLinkIndex: Int32? { attributes[RTA_IIF.rawValue] }
    /// RTA_MARK, of a lookup's answer.
    public var mark: UInt32? { attributes[RTA_MARK.rawValue] }
    /// RTA_UID, of a lookup's answer: for whom the kernel looked it up.
    public var userID: UInt32? { attributes[RTA_UID.rawValue] }
    /// RTA_TTL_PROPAGATE: whether an MPLS label takes over the packet's time to live; nil is as net.mpls.ip_ttl_propagate says.
    public var propagatesTimeToLive: Bool? {
        get { attributes[flag: RTA_TTL_PROPAGATE.rawValue] }
        set { attributes[flag: RTA_TTL_PROPAGATE.rawValue] = newValue }
    }

    /// struct rta_cacheinfo, of a lookup's answer.
    public var cacheInformation: RouteCacheInformation? {
        guard let information = attributes.header(RTA_CACHEINFO.rawValue, rta_cacheinfo()) else { return nil }
        return RouteCacheInformation(
            users: information.rta_clntref, used: information.rta_used, error: information.rta_error)
    }
}

/// What the kernel says of a looked-up route beside the route (struct rta_cacheinfo, linux/rtnetlink.h).
public struct RouteCacheInformation: Hashable, Sendable {
    /// rta_clntref.
    public let users: UInt32
    /// rta_used.
    public let used: UInt32
    /// rta_error: an errno that packets meet, 0 is none; negative in the kernel's words, as 32 bits.
    public let error: UInt32
}

/// USER_HZ, by which the kernel tells times.
enum Ticks {
    /// sysconf(_SC_CLK_TCK): 100 on all that Linux runs on today.
    static let perSecond = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
}
