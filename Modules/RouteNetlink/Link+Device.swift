internal import CKernel
public import Kernel
internal import Netlink

/// What RTM_NEWLINK says of the device itself. Nil is what this kernel, or this driver, does not say.
extension Link {
    /// IFLA_PERM_ADDRESS: what the device was made with.
    public var permanentHardwareAddress: HardwareAddress? { attributes[hardware: IFLA_PERM_ADDRESS] }
    /// The permanent address as Ethernet's, or nil.
    public var permanentMACAddress: MACAddress? { permanentHardwareAddress?.macAddress }
    /// IFLA_BROADCAST; of a point-to-point link, the other end's address.
    public var broadcastAddress: HardwareAddress? { attributes[hardware: IFLA_BROADCAST] }
    /// IFLA_ALT_IFNAME in IFLA_PROP_LIST: further names, of up to 127 bytes.
    public var alternativeNames: [String] {
        let names = attributes.with(IFLA_PROP_LIST) { list, bytes in
            var names: [String] = []
            var cursor = list.nested
            while let attribute = (try? cursor.next(bytes)) ?? nil {
                guard attribute.type == Int(IFLA_ALT_IFNAME), let name = try? attribute.text(bytes) else { continue }
                names.append(name)
            }
            return names
        }
        return names ?? []
    }
    /// IFLA_IFALIAS: the administrator's words.
    public var alias: String? { attributes[text: IFLA_IFALIAS] }
    /// IFLA_QDISC: the root queueing discipline, `noqueue`, `fq_codel`.
    public var queueingDiscipline: String? { attributes[text: IFLA_QDISC] }
    /// IFLA_TXQLEN, in packets.
    public var transmitQueueLength: UInt32? { attributes[IFLA_TXQLEN] }
    /// IFLA_GROUP; 0 is the default.
    public var group: UInt32? { attributes[IFLA_GROUP] }
    /// IFLA_PROMISCUITY: how many, the kernel included, want all frames.
    public var promiscuity: UInt32? { attributes[IFLA_PROMISCUITY] }
    /// IFLA_ALLMULTI: how many want all multicast frames (Linux 6.0).
    public var allMulticastCount: UInt32? { attributes[IFLA_ALLMULTI] }
    /// IFLA_LINKMODE: 0 `DEFAULT`, 1 `DORMANT`.
    public var mode: UInt8? { attributes[IFLA_LINKMODE] }
    /// IFLA_MIN_MTU in bytes; 0 says nothing.
    public var smallestTransmissionUnit: UInt32? { attributes[IFLA_MIN_MTU] }
    /// IFLA_MAX_MTU in bytes; 0 says nothing.
    public var largestTransmissionUnit: UInt32? { attributes[IFLA_MAX_MTU] }
    /// IFLA_NUM_TX_QUEUES.
    public var transmitQueueCount: UInt32? { attributes[IFLA_NUM_TX_QUEUES] }
    /// IFLA_NUM_RX_QUEUES.
    public var receiveQueueCount: UInt32? { attributes[IFLA_NUM_RX_QUEUES] }
    /// IFLA_GSO_MAX_SIZE in bytes.
    public var largestSegmentation: UInt32? { attributes[IFLA_GSO_MAX_SIZE] }
    /// IFLA_GSO_MAX_SEGS.
    public var mostSegments: UInt32? { attributes[IFLA_GSO_MAX_SEGS] }
    /// IFLA_TSO_MAX_SIZE in bytes: what the device can (Linux 6.0).
    public var largestDeviceSegmentation: UInt32? { attributes[IFLA_TSO_MAX_SIZE] }
    /// IFLA_TSO_MAX_SEGS (Linux 6.0).
    public var mostDeviceSegments: UInt32? { attributes[IFLA_TSO_MAX_SEGS] }
    /// IFLA_GRO_MAX_SIZE in bytes (Linux 5.19).
    public var largestReceiveAggregate: UInt32? { attributes[IFLA_GRO_MAX_SIZE] }
    /// IFLA_GSO_IPV4_MAX_SIZE in bytes (Linux 6.3).
    public var largestIPv4Segmentation: UInt32? { attributes[IFLA_GSO_IPV4_MAX_SIZE] }
    /// IFLA_GRO_IPV4_MAX_SIZE in bytes (Linux 6.3).
    public var largestIPv4ReceiveAggregate: UInt32? { attributes[IFLA_GRO_IPV4_MAX_SIZE] }
    /// IFLA_CARRIER_CHANGES: how often the carrier came or went.
    public var carrierChanges: UInt32? { attributes[IFLA_CARRIER_CHANGES] }
    /// IFLA_CARRIER_UP_COUNT.
    public var carrierUps: UInt32? { attributes[IFLA_CARRIER_UP_COUNT] }
    /// IFLA_CARRIER_DOWN_COUNT.
    public var carrierDowns: UInt32? { attributes[IFLA_CARRIER_DOWN_COUNT] }
    /// IFLA_PROTO_DOWN: something keeps it down.
    public var isProtocolDown: Bool? { attributes[flag: IFLA_PROTO_DOWN] }
    /// IFLA_PROTO_DOWN_REASON_VALUE in IFLA_PROTO_DOWN_REASON: bits that user space gives a meaning.
    public var protocolDownReasons: UInt32? {
        attributes.nested(IFLA_PROTO_DOWN_REASON)?[IFLA_PROTO_DOWN_REASON_VALUE, as: UInt32.self]
    }
    /// IFLA_PHYS_PORT_ID: links with the same one share a port.
    public var physicalPort: [UInt8]? { attributes.payload(IFLA_PHYS_PORT_ID) }
    /// IFLA_PHYS_PORT_NAME: `p0`.
    public var physicalPortName: String? { attributes[text: IFLA_PHYS_PORT_NAME] }
    /// IFLA_PHYS_SWITCH_ID: links with the same one are ports of one switch.
    public var physicalSwitch: [UInt8]? { attributes.payload(IFLA_PHYS_SWITCH_ID) }
    /// IFLA_PARENT_DEV_NAME: the device in sysfs, `0000:00:03.0`.
    public var parentDevice: String? { attributes[text: IFLA_PARENT_DEV_NAME] }
    /// IFLA_PARENT_DEV_BUS_NAME: `pci`, `virtio`.
    public var parentBus: String? { attributes[text: IFLA_PARENT_DEV_BUS_NAME] }
    /// IFLA_LINK_NETNSID: the namespace of ``lowerLink``, by the number that this one has for it; nil is this one.
    public var lowerLinkNamespace: Int32? { attributes[IFLA_LINK_NETNSID] }
    /// IFLA_NEW_NETNSID, of a deletion: where the link went.
    public var newNamespace: Int32? { attributes[IFLA_NEW_NETNSID] }
    /// IFLA_NEW_IFINDEX, of a deletion: the index that it has there.
    public var newIndex: Int32? { attributes[IFLA_NEW_IFINDEX] }
    /// IFLA_EVENT (IFLA_EVENT_*, linux/if_link.h), of a notification: what happened, where more did than a change of attributes.
    public var event: UInt32? { attributes[IFLA_EVENT] }
    /// IFLA_MAP: the device's memory, I/O port and interrupt, of old hardware.
    public var deviceMap: DeviceMap? { attributes.header(IFLA_MAP, rtnl_link_ifmap()).map { DeviceMap($0) } }
}

/// struct rtnl_link_ifmap.
public struct DeviceMap: Hashable, Sendable {
    public let memory: Range<UInt64>?
    public let base: UInt64
    public let interrupt: UInt16
    public let dma: UInt8
    public let port: UInt8

    init(_ map: rtnl_link_ifmap) {
        memory = map.mem_start <= map.mem_end ? map.mem_start..<map.mem_end : nil
        base = map.base_addr
        interrupt = map.irq
        dma = map.dma
        port = map.port
    }
}
