internal import CKernel
internal import Netlink

extension LinkSettings {
    /// IFLA_IFNAME: at most 15 bytes, no slash and no blank; `eth%d` lets the kernel count.
    public var name: String? {
        get { attributes[text: IFLA_IFNAME] }
        set { attributes[text: IFLA_IFNAME] = newValue }
    }

    /// IFLA_MTU in bytes.
    public var maximumTransmissionUnit: UInt32? {
        get { attributes[IFLA_MTU] }
        set { attributes[IFLA_MTU] = newValue }
    }

    /// IFLA_ADDRESS.
    public var hardwareAddress: HardwareAddress? {
        get { attributes.with(IFLA_ADDRESS) { HardwareAddress($0.payload, of: $1) } }
        set { attributes[bytes: IFLA_ADDRESS] = newValue?.bytes }
    }

    /// IFLA_BROADCAST.
    public var broadcastAddress: HardwareAddress? {
        get { attributes.with(IFLA_BROADCAST) { HardwareAddress($0.payload, of: $1) } }
        set { attributes[bytes: IFLA_BROADCAST] = newValue?.bytes }
    }

    /// IFLA_MASTER: the index of the bridge, bond or VRF that it becomes a port of; 0 takes it out of its own.
    public var master: Int32? {
        get { attributes[IFLA_MASTER] }
        set { attributes[IFLA_MASTER] = newValue }
    }

    /// IFLA_LINK: the index of the link below a VLAN, a macvlan, a tunnel.
    public var lowerLink: Int32? {
        get { attributes[IFLA_LINK] }
        set { attributes[IFLA_LINK] = newValue }
    }

    /// IFLA_TXQLEN, in packets.
    public var transmitQueueLength: UInt32? {
        get { attributes[IFLA_TXQLEN] }
        set { attributes[IFLA_TXQLEN] = newValue }
    }

    /// IFLA_GROUP.
    public var group: UInt32? {
        get { attributes[IFLA_GROUP] }
        set { attributes[IFLA_GROUP] = newValue }
    }

    /// IFLA_IFALIAS: up to 255 bytes of the administrator's; empty removes it.
    public var alias: String? {
        get { attributes.payload(IFLA_IFALIAS).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } }
        // An empty payload removes; a lone NUL would set an empty alias.
        set { attributes[bytes: IFLA_IFALIAS] = newValue.map { Array($0.utf8) } }
    }

    /// IFLA_NUM_TX_QUEUES, of a new link.
    public var transmitQueueCount: UInt32? {
        get { attributes[IFLA_NUM_TX_QUEUES] }
        set { attributes[IFLA_NUM_TX_QUEUES] = newValue }
    }

    /// IFLA_NUM_RX_QUEUES, of a new link.
    public var receiveQueueCount: UInt32? {
        get { attributes[IFLA_NUM_RX_QUEUES] }
        set { attributes[IFLA_NUM_RX_QUEUES] = newValue }
    }

    /// IFLA_GSO_MAX_SIZE in bytes.
    public var largestSegmentation: UInt32? {
        get { attributes[IFLA_GSO_MAX_SIZE] }
        set { attributes[IFLA_GSO_MAX_SIZE] = newValue }
    }

    /// IFLA_GSO_MAX_SEGS.
    public var mostSegments: UInt32? {
        get { attributes[IFLA_GSO_MAX_SEGS] }
        set { attributes[IFLA_GSO_MAX_SEGS] = newValue }
    }

    /// IFLA_GRO_MAX_SIZE in bytes.
    public var largestReceiveAggregate: UInt32? {
        get { attributes[IFLA_GRO_MAX_SIZE] }
        set { attributes[IFLA_GRO_MAX_SIZE] = newValue }
    }

    /// IFLA_CARRIER, of the drivers that let it be set (dummy, veth).
    public var hasCarrier: Bool? {
        get { attributes[flag: IFLA_CARRIER] }
        set { attributes[flag: IFLA_CARRIER] = newValue }
    }

    /// IFLA_PROTO_DOWN: keep it down whatever else is set.
    public var isProtocolDown: Bool? {
        get { attributes[flag: IFLA_PROTO_DOWN] }
        set { attributes[flag: IFLA_PROTO_DOWN] = newValue }
    }

    /// IFLA_PROTO_DOWN_REASON: sets one of the 32 bits, or clears it; the others stay.
    public mutating func setProtocolDownReason(_ bit: Int, _ isOn: Bool) {
        guard (0..<32).contains(bit) else { return }
        var reasons = attributes.nested(IFLA_PROTO_DOWN_REASON) ?? AttributeSet()
        let mask = (reasons[IFLA_PROTO_DOWN_REASON_MASK] ?? UInt32(0)) | 1 << UInt32(bit)
        var value = reasons[IFLA_PROTO_DOWN_REASON_VALUE] ?? UInt32(0)
        if isOn { value |= 1 << UInt32(bit) } else { value &= ~(1 << UInt32(bit)) }
        reasons[IFLA_PROTO_DOWN_REASON_MASK] = mask
        reasons[IFLA_PROTO_DOWN_REASON_VALUE] = value
        attributes[nested: IFLA_PROTO_DOWN_REASON] = reasons
    }

    /// IFLA_LINKMODE: 0 `DEFAULT`, 1 `DORMANT`.
    public var mode: UInt8? {
        get { attributes[IFLA_LINKMODE] }
        set { attributes[IFLA_LINKMODE] = newValue }
    }

    /// IFLA_NET_NS_PID: moves the link to that process's network namespace, or makes it there.
    public var namespaceOfProcess: UInt32? {
        get { attributes[IFLA_NET_NS_PID] }
        set { attributes[IFLA_NET_NS_PID] = newValue }
    }

    /// IFLA_NET_NS_FD: the same, by an open file of nsfs. The descriptor is to stay open until the request is sent.
    public var namespaceDescriptor: Int32? {
        get { attributes[IFLA_NET_NS_FD] }
        set { attributes[IFLA_NET_NS_FD] = newValue }
    }

    /// IFLA_LINK_NETNSID: the namespace of the link below, by the number that this namespace has for it.
    public var lowerLinkNamespace: Int32? {
        get { attributes[IFLA_LINK_NETNSID] }
        set { attributes[IFLA_LINK_NETNSID] = newValue }
    }

    /// IFLA_INET6_ADDR_GEN_MODE in IFLA_AF_SPEC. The kernel takes it of a link that is there alone, and in a message of its own.
    public var addressGenerationMode: AddressGenerationMode? {
        get {
            attributes.nested(IFLA_AF_SPEC)?.nested(AF_INET6)?[IFLA_INET6_ADDR_GEN_MODE, as: UInt8.self].map {
                AddressGenerationMode(rawValue: $0)
            }
        }
        set {
            guard let newValue else {
                attributes.remove(IFLA_AF_SPEC)
                return
            }
            attributes.remove(IFLA_AF_SPEC)
            attributes.append { writer in
                writer.nest(IFLA_AF_SPEC) { writer in
                    writer.nest(AF_INET6) { $0.attribute(IFLA_INET6_ADDR_GEN_MODE, integer: newValue.rawValue) }
                }
            }
        }
    }
}
