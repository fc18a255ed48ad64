internal import CKernel
public import Netlink

/// A virtual function of an SR-IOV device (IFLA_VF_* in IFLA_VFINFO_LIST, linux/if_link.h).
public struct VirtualFunction: Hashable, Sendable {
    /// IFLA_VF_*, with what has no property here.
    public let attributes: AttributeSet
    /// Its number on the device.
    public let number: UInt32

    init?(_ attributes: AttributeSet) {
        guard let mac = attributes.header(IFLA_VF_MAC, ifla_vf_mac()) else { return nil }
        self.attributes = attributes
        number = mac.vf
    }

    /// IFLA_VF_MAC, of six bytes; the struct has room for 32 and says no length.
    public var hardwareAddress: HardwareAddress? {
        attributes.payload(IFLA_VF_MAC).flatMap { $0.count < 10 ? nil : HardwareAddress(bytes: $0[4..<10]) }
    }
    /// IFLA_VF_VLAN: 0 is none.
    public var vlan: UInt32? { attributes.header(IFLA_VF_VLAN, ifla_vf_vlan())?.vlan }
    /// IFLA_VF_VLAN: the tag's priority.
    public var vlanPriority: UInt32? { attributes.header(IFLA_VF_VLAN, ifla_vf_vlan())?.qos }
    /// IFLA_VF_RATE in Mbit/s; 0 is no limit.
    public var rates: (smallest: UInt32, largest: UInt32)? {
        attributes.header(IFLA_VF_RATE, ifla_vf_rate()).map { ($0.min_tx_rate, $0.max_tx_rate) }
    }
    /// IFLA_VF_SPOOFCHK; nil where the driver does not say.
    public var checksSpoofing: Bool? { state(attributes.header(IFLA_VF_SPOOFCHK, ifla_vf_spoofchk())?.setting) }
    /// IFLA_VF_TRUST.
    public var isTrusted: Bool? { state(attributes.header(IFLA_VF_TRUST, ifla_vf_trust())?.setting) }
    /// IFLA_VF_LINK_STATE: IFLA_VF_LINK_STATE_*, 0 the port's, 1 always up, 2 always down.
    public var linkState: UInt32? { attributes.header(IFLA_VF_LINK_STATE, ifla_vf_link_state())?.link_state }

    /// All ones is what drivers leave that do not know.
    private func state(_ setting: UInt32?) -> Bool? { setting.flatMap { $0 == .max ? nil : $0 != 0 } }
}

extension Link {
    /// The virtual functions; empty where there is none, and where they were not asked for (``LinkDetails/virtualFunctions``).
    public var virtualFunctions: [VirtualFunction] {
        attributes.nested(IFLA_VFINFO_LIST)?.allNested(IFLA_VF_INFO).compactMap { VirtualFunction($0) } ?? []
    }
}
