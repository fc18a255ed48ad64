import Glibc
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage

/// The one place where a refusal over netlink becomes an exit status and a next step.
extension CommandFailure {
    /// What the failed verb knows beside the error.
    struct Context {
        /// The object by the verb's own word for it; nil takes the error's.
        var subject: String?
        /// The links that there are; nil where the verb did not ask.
        var links: LinkDirectory?
        /// The kind of the link that was to be made or changed.
        var linkKind: String?

        init(subject: String? = nil, links: LinkDirectory? = nil) {
            self.subject = subject
            self.links = links
        }
    }

    /// 5 where the time is up, 4 where what was asked for or named is not there, 1 for all else; the object once.
    init(_ error: NetlinkError, _ operation: String, _ context: Context = Context()) {
        let noun = operation.split(separator: " ").first.map { String($0) } ?? operation
        let own = error.subject.map { $0.hasPrefix(noun + " ") ? String($0.dropFirst(noun.count + 1)) : $0 }
        let subject = context.subject ?? own
        // A step on the way to the object, such as finding the kernel's part that answers for it, says what it was.
        let isOfSubject = own != nil && own == subject
        var message = isOfSubject ? error.reason : error.description
        if error.lacksLinkKind, let kind = context.linkKind {
            message = "this kernel has no links of kind \(kind): \(message)"
        }
        self.init(
            error.exit, operation, on: subject, errno: error.errno, message: message,
            hint: error.hint(noun, context))
    }

    /// A wrong use of the words, but for a link that is not there.
    init(_ error: WordError, _ operation: String) {
        var exit = Exit.usage
        if case .noLink = error.kind { exit = .notFound }
        self.init(exit, operation, message: error.description, hint: error.hint)
    }
}

extension NetlinkError {
    fileprivate var exit: CommandFailure.Exit {
        switch (kind, cause) {
        case (.timedOut, _): .timedOut
        // A way that no route leads is not there either.
        case (.refused, _) where isUnreachable: .notFound
        case (.refused, .notFound): .notFound
        case (.namespace, _) where errno == .noSuchFileOrDirectory: .notFound
        default: .failed
        }
    }

    /// ENETUNREACH, EHOSTUNREACH and EACCES (prohibit) of a look-up; a route that is to be made is refused with the first for its
    /// gateway.
    private var isUnreachable: Bool {
        operation == "get" && (errno == .networkUnreachable || errno == .noRouteToHost || cause == .forbidden)
    }

    /// The kernel's own word where it knows no such kind (rtnl_newlink), which a change that a link's kind does not take lacks.
    fileprivate var lacksLinkKind: Bool { cause == .missingFeature && kernelMessage == "Unknown device type" }

    fileprivate func hint(_ noun: String, _ context: CommandFailure.Context) -> String? {
        let list = "'slipway \(noun) list' shows what is there"
        switch (kind, cause) {
        case (.missingFamily(_, .some(let module)), _): return "modprobe \(module)"
        case (.timedOut, _), (.missingFamily(_, nil), _): return nil
        case (_, .missingCapability(let name)):
            guard geteuid() == 0 else { return "run this as root" }
            return "this is root without \(name) over the network namespace, as in a container"
        case (_, .namespace):
            return errno == .invalidArgument
                ? "give a file that 'ip netns add' made, or /proc/PID/ns/net"
                : "'ip netns list' shows those that have a name"
        case (.refused, .forbidden): return forbiddenHint
        case (.refused, .exists):
            return ["address", "route", "neighbor"].contains(noun)
                ? "\(list); 'slipway \(noun) replace' takes its place" : list
        case (.refused, .notFound):
            // Of objects that are found by a link, it is the link that is not there.
            guard errno == .operationNotSupportedByDevice || errno == .noSuchAddressOrDevice else {
                return noun == "link" ? linkHint(context) : list
            }
            return linkHint(context)
        case (.refused, .missingFeature): return featureHint(noun, context)
        default: return isUnreachable ? "'slipway route list table all' shows what is there" : nil
        }
    }

    private var forbiddenHint: String {
        operation == "get"
            ? "a route of type prohibit says so: see 'slipway route list table all'"
            : "where IPv6 is off on the link, sysctl net.ipv6.conf.LINK.disable_ipv6=0 turns it on"
    }

    private func linkHint(_ context: CommandFailure.Context) -> String {
        guard let links = context.links else { return "'slipway link list' shows those that there are" }
        return "the links are \(links.names.joined(separator: ", "))"
    }

    /// Which module or option of the kernel's build brings what it lacks, where that is known.
    private func featureHint(_ noun: String, _ context: CommandFailure.Context) -> String? {
        if noun == "link", let kind = context.linkKind {
            guard lacksLinkKind else {
                let name = subject?.split(separator: " ").last.map { String($0) }
                let other = name.flatMap { context.links?.index(of: $0) }.flatMap { context.links?.links[$0] }
                guard let other, other.kind != kind else { return nil }
                return "\(other.name) is \(other.kind.map { "of kind \($0)" } ?? "a device without a kind")"
            }
            return KernelFeature.link(kind)
        }
        if subject?.hasPrefix("vlan ") == true { return KernelFeature.bridgeVLANs }
        if noun == "rule" { return KernelFeature.rules }
        if kernelMessage?.contains("lwt encapsulation") == true { return KernelFeature.encapsulations }
        return errno == .addressFamilyNotSupported ? KernelFeature.addressFamily : nil
    }
}

/// What brings a part of the kernel: a module, an option of its build.
private enum KernelFeature {
    static let rules =
        "rules are in kernels built with CONFIG_IP_MULTIPLE_TABLES and CONFIG_IPV6_MULTIPLE_TABLES"
    static let bridgeVLANs =
        "ports of bridges have VLANs, a bridge itself with 'self', in kernels built with CONFIG_BRIDGE_VLAN_FILTERING"
    static let encapsulations =
        "it is in kernels built with CONFIG_LWTUNNEL; MPLS takes the module mpls_iptunnel, ILA ila, and segment routing"
        + " CONFIG_IPV6_SEG6_LWTUNNEL"
    static let addressFamily =
        "the family is in kernels built with it (CONFIG_IPV6; CONFIG_MPLS_ROUTING, modprobe mpls_router)"

    /// The kernel loads `rtnl-link-KIND` itself where the module is there to be found.
    static func link(_ kind: String) -> String {
        let (module, option) = links[kind] ?? (kind, nil)
        let built = option.map { "CONFIG_\($0)" }
        guard let module else { return "it is in kernels built with \(built ?? "it")" }
        return "its module is \(module)\(built.map { " (\($0))" } ?? ""): modprobe rtnl-link-\(kind)"
    }

    /// The module, nil where it is part of the kernel alone, and the option, by the kind (drivers/net, net/*/Kconfig).
    private static let links: [String: (module: String?, option: String?)] = [
        "bareudp": ("bareudp", "BAREUDP"), "bond": ("bonding", "BONDING"), "bridge": ("bridge", "BRIDGE"),
        "can": ("can-dev", "CAN_DEV"), "dummy": ("dummy", "DUMMY"), "erspan": ("ip_gre", "NET_IPGRE"),
        "geneve": ("geneve", "GENEVE"), "gre": ("ip_gre", "NET_IPGRE"), "gretap": ("ip_gre", "NET_IPGRE"),
        "gtp": ("gtp", "GTP"), "hsr": ("hsr", "HSR"), "ifb": ("ifb", "IFB"), "ip6erspan": ("ip6_gre", "IPV6_GRE"),
        "ip6gre": ("ip6_gre", "IPV6_GRE"), "ip6gretap": ("ip6_gre", "IPV6_GRE"),
        "ip6tnl": ("ip6_tunnel", "IPV6_TUNNEL"), "ipip": ("ipip", "NET_IPIP"), "ipvlan": ("ipvlan", "IPVLAN"),
        "ipvtap": ("ipvtap", "IPVTAP"), "macsec": ("macsec", "MACSEC"), "macvlan": ("macvlan", "MACVLAN"),
        "macvtap": ("macvtap", "MACVTAP"), "netdevsim": ("netdevsim", "NETDEVSIM"), "netkit": (nil, "NETKIT"),
        "nlmon": ("nlmon", "NLMON"), "rmnet": ("rmnet", "RMNET"), "sit": ("sit", "IPV6_SIT"),
        "team": ("team", "NET_TEAM"), "vcan": ("vcan", "CAN_VCAN"), "veth": ("veth", "VETH"),
        "vlan": ("8021q", "VLAN_8021Q"), "vrf": ("vrf", "NET_VRF"), "vti": ("ip_vti", "NET_IPVTI"),
        "vti6": ("ip6_vti", "IPV6_VTI"), "vxcan": ("vxcan", "CAN_VXCAN"), "vxlan": ("vxlan", "VXLAN"),
        "wireguard": ("wireguard", "WIREGUARD"), "xfrm": ("xfrm_interface", "XFRM_INTERFACE"),
    ]
}
