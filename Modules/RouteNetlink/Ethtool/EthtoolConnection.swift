internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

/// ethtool's netlink interface (linux/ethtool_netlink.h; Linux 5.6). Calls block; each ends at its deadline.
public struct EthtoolConnection: ~Copyable {
    private var generic: GenericConnection
    /// For what only an ioctl tells; nil over another transport.
    private let socket: NetlinkSocket?
    /// Whether answers have their bitsets in the short form, which is the faster one; the long one names each bit.
    public var usesCompactBitsets = true
    /// The kernel's own names, which do not change while it runs.
    private var strings: [EthtoolStringSet: [UInt32: String]] = [:]

    /// Over a transport of the caller's, of NETLINK_GENERIC.
    public init(_ transport: any NetlinkTransport, until deadline: Deadline) throws(NetlinkError) {
        generic = try GenericConnection(transport, family: ETHTOOL_GENL_NAME, until: deadline)
        socket = transport as? NetlinkSocket
    }

    /// Opens a socket in a network namespace, the thread's unless another is named.
    public static func open(
        in namespace: NetworkNamespace = .current, until deadline: Deadline
    ) throws(NetlinkError) -> EthtoolConnection {
        try EthtoolConnection(NetlinkSocket.open(.generic, in: namespace), until: deadline)
    }

    /// The part of one link; nil where the driver, or this kernel, has nothing of the kind (EOPNOTSUPP).
    public mutating func get<Part: EthtoolPart>(
        _ part: Part.Type, of link: LinkReference, until deadline: Deadline
    ) throws(NetlinkError) -> Part? {
        let request = request("get", part.command, part.command.get, link, flags: flags(part.command))
        do throws(NetlinkError) {
            return EthtoolAnswer<Part>(try generic.get(request, until: deadline).attributes).part
        } catch  where error.kind == .refused && error.errno == .notSupported {
            return nil
        }
    }

    /// The part of all links that have it, in the kernel's order. A kernel that does not know the command answers for none.
    public mutating func all<Part: EthtoolPart>(
        _ part: Part.Type, until deadline: Deadline
    ) throws(NetlinkError) -> [EthtoolAnswer<Part>] {
        let request = request("list", part.command, part.command.get, nil, flags: flags(part.command))
        do throws(NetlinkError) {
            return try generic.dump(request, until: deadline, into: []) {
                (all: inout [EthtoolAnswer<Part>], message) throws(NetlinkError) in
                all.append(EthtoolAnswer(message.attributes))
            }.value
        } catch  where error.kind == .refused && error.errno == .notSupported {
            return []
        }
    }

    /// Changes what is set in `part`, and nothing else of the link. What the kernel does not take back of an answer (maxima, for
    /// example) is left out. EOPNOTSUPP where the driver cannot; EINVAL, with the kernel's words, where a value is not possible.
    public mutating func set<Part: EthtoolSettings>(
        _ part: Part, of link: LinkReference, until deadline: Deadline
    ) throws(NetlinkError) {
        var request = request("set", Part.command, Part.command.set ?? 0, link, flags: 0)
        request.body.append(part.attributes.settable(Part.command))
        try generic.execute(request, until: deadline)
    }

    /// Switches features on and off by their names (`rx-gro`, `tx-checksum-ip-generic`), and answers with what became of it: the
    /// kernel drops wishes that depend on others. A name that it does not know is EINVAL or EOPNOTSUPP, and nothing is changed.
    public mutating func setFeatures(
        _ features: [String: Bool], of link: LinkReference, until deadline: Deadline
    ) throws(NetlinkError) -> EthtoolFeatureOutcome {
        var request = request("set", EthtoolFeatures.command, ETHTOOL_MSG_FEATURES_SET, link, flags: flags(nil))
        var change = AttributeSet()
        change[bitset: ETHTOOL_A_FEATURES_WANTED] = EthtoolBitset(named: features)
        request.body.append(change)
        do throws(NetlinkError) {
            return EthtoolFeatureOutcome(try generic.get(request, until: deadline).attributes)
        } catch  where error.kind == .malformed(.noAnswer) {
            // The kernel answers only where there is something to tell.
            return EthtoolFeatureOutcome(AttributeSet())
        }
    }

    /// The names of a set that is the same for every device; empty where this kernel does not have it.
    public mutating func names(
        in set: EthtoolStringSet, until deadline: Deadline
    ) throws(NetlinkError) -> [UInt32: String] {
        if let known = strings[set] { return known }
        var names: [UInt32: String] = [:]
        do throws(NetlinkError) {
            names = try self.names(in: set, of: nil, until: deadline)
        } catch  where error.errno == .notSupported || error.errno == .invalidArgument {
            // A set that is younger than this kernel.
        }
        strings[set] = names
        return names
    }

    /// The names of a set of the link's own (ETH_SS_STATS, ETH_SS_PRIV_FLAGS).
    public mutating func names(
        in set: EthtoolStringSet, of link: LinkReference, until deadline: Deadline
    ) throws(NetlinkError) -> [UInt32: String] { try names(in: set, of: .some(link), until: deadline) }

    private mutating func names(
        in set: EthtoolStringSet, of link: LinkReference?, until deadline: Deadline
    ) throws(NetlinkError) -> [UInt32: String] {
        var request = request("get", EthtoolStringSet.command, ETHTOOL_MSG_STRSET_GET, link, flags: 0)
        request.body.nest(ETHTOOL_A_STRSET_STRINGSETS) {
            $0.nest(ETHTOOL_A_STRINGSETS_STRINGSET) { $0.attribute(ETHTOOL_A_STRINGSET_ID, integer: set.rawValue) }
        }
        return EthtoolStringSet.names(in: try generic.get(request, until: deadline).attributes, of: set)
    }

    /// What `ethtool -i` tells (ETHTOOL_GDRVINFO, an ioctl: netlink has none of it). Nil over a transport that is no socket, and where
    /// the link's driver says nothing of itself.
    public func driver(of name: String) throws(NetlinkError) -> EthtoolDriver? {
        guard let socket else { return nil }
        do throws(NetlinkError) {
            return try EthtoolDriver(of: name, by: socket)
        } catch  where error.errno == .notSupported {
            return nil
        }
    }

    private func flags(_ command: EthtoolCommand?) -> Int {
        (usesCompactBitsets && command?.namesItsBits != true ? Int(ETHTOOL_FLAG_COMPACT_BITSETS) : 0)
            | (command?.flags ?? 0)
    }

    private func request(
        _ operation: String, _ command: EthtoolCommand, _ number: Int, _ link: LinkReference?, flags: Int
    ) -> NetlinkRequest {
        let subject = link.map { "\(command.name) of \($0)" } ?? command.name
        var request = generic.request(operation, subject, command: number)
        request.body.nest(command.header) {
            if let link {
                $0.attribute(link, index: ETHTOOL_A_HEADER_DEV_INDEX, name: ETHTOOL_A_HEADER_DEV_NAME)
            }
            if flags != 0 { $0.attribute(ETHTOOL_A_HEADER_FLAGS, integer: UInt32(truncatingIfNeeded: flags)) }
        }
        request.body.append(command.request)
        return request
    }
}

extension AttributeSet {
    /// What the kernel takes of them in a change.
    fileprivate func settable(_ command: EthtoolCommand) -> AttributeSet {
        var result = self
        for type in Set(types).subtracting(command.settable) { result.remove(type) }
        return result
    }
}
