internal import CKernel
public import Netlink

/// A CAN controller (IFLA_CAN_*, linux/can/netlink.h). It is made by its driver, and set up by requests while it is down.
public struct CAN: LinkKind {
    public static let kind = "can"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_CAN_BITTIMING: of the arbitration phase.
    public var bitTiming: CANBitTiming? {
        get { attributes.structure(IFLA_CAN_BITTIMING, can_bittiming()).map(CANBitTiming.init) }
        set { set(IFLA_CAN_BITTIMING, newValue?.structure) }
    }

    /// IFLA_CAN_BITTIMING_CONST: what the controller can do; read-only, nil where it takes bit rates from a list.
    public var bitTimingLimits: CANBitTimingLimits? {
        attributes.structure(IFLA_CAN_BITTIMING_CONST, can_bittiming_const()).map(CANBitTimingLimits.init)
    }

    /// IFLA_CAN_DATA_BITTIMING: of CAN FD's data phase.
    public var dataBitTiming: CANBitTiming? {
        get { attributes.structure(IFLA_CAN_DATA_BITTIMING, can_bittiming()).map(CANBitTiming.init) }
        set { set(IFLA_CAN_DATA_BITTIMING, newValue?.structure) }
    }

    /// IFLA_CAN_DATA_BITTIMING_CONST; read-only.
    public var dataBitTimingLimits: CANBitTimingLimits? {
        attributes.structure(IFLA_CAN_DATA_BITTIMING_CONST, can_bittiming_const()).map(CANBitTimingLimits.init)
    }

    /// IFLA_CAN_CLOCK: the controller's, in hertz; read-only.
    public var clockInHertz: UInt32? { attributes.structure(IFLA_CAN_CLOCK, can_clock())?.freq }

    /// IFLA_CAN_STATE; read-only.
    public var state: CANState? { attributes[raw: IFLA_CAN_STATE] }

    /// The flags of IFLA_CAN_CTRLMODE, struct can_ctrlmode: the modes that are on. ``change(_:to:)`` sets them.
    public var modes: CANModes? {
        attributes.structure(IFLA_CAN_CTRLMODE, can_ctrlmode()).map { CANModes(rawValue: $0.flags) }
    }

    /// The mask of the same struct: the modes that a request changes.
    public var changedModes: CANModes? {
        attributes.structure(IFLA_CAN_CTRLMODE, can_ctrlmode()).map { CANModes(rawValue: $0.mask) }
    }

    /// Sets modes on or off in a request, beside those that were named before.
    public mutating func change(_ modes: CANModes, to isOn: Bool) {
        var value = attributes.structure(IFLA_CAN_CTRLMODE, can_ctrlmode()) ?? can_ctrlmode()
        value.mask |= modes.rawValue
        value.flags = isOn ? value.flags | modes.rawValue : value.flags & ~modes.rawValue
        attributes.set(IFLA_CAN_CTRLMODE, header: value)
    }

    /// IFLA_CAN_CTRLMODE_SUPPORTED in IFLA_CAN_CTRLMODE_EXT: the modes that can be switched; read-only.
    public var supportedModes: CANModes? {
        attributes.nested(IFLA_CAN_CTRLMODE_EXT)?[raw: IFLA_CAN_CTRLMODE_SUPPORTED]
    }

    /// IFLA_CAN_RESTART_MS: how long after bus-off it restarts by itself; 0 for never.
    public var restartDelayInMilliseconds: UInt32? {
        get { attributes[IFLA_CAN_RESTART_MS] }
        set { attributes[IFLA_CAN_RESTART_MS] = newValue }
    }

    /// IFLA_CAN_RESTART: asks for a restart now; a request's.
    public var restart: UInt32? {
        get { attributes[IFLA_CAN_RESTART] }
        set { attributes[IFLA_CAN_RESTART] = newValue }
    }

    /// IFLA_CAN_BERR_COUNTER: errors on the bus, sending and receiving; read-only.
    public var errorCounters: CANErrorCounters? {
        attributes.structure(IFLA_CAN_BERR_COUNTER, can_berr_counter()).map {
            CANErrorCounters(sending: $0.txerr, receiving: $0.rxerr)
        }
    }

    /// IFLA_CAN_TERMINATION: the resistor at the bus' end in ohms; 0 for none.
    public var terminationInOhms: UInt16? {
        get { attributes[IFLA_CAN_TERMINATION] }
        set { attributes[IFLA_CAN_TERMINATION] = newValue }
    }

    /// IFLA_CAN_TERMINATION_CONST: the resistors that can be chosen; read-only.
    public var terminationChoicesInOhms: [UInt16]? { attributes.array(IFLA_CAN_TERMINATION_CONST) }
    /// IFLA_CAN_BITRATE_CONST: the bit rates that can be chosen, in bits a second; read-only.
    public var bitRateChoices: [UInt32]? { attributes.array(IFLA_CAN_BITRATE_CONST) }
    /// IFLA_CAN_DATA_BITRATE_CONST: the same of the data phase; read-only.
    public var dataBitRateChoices: [UInt32]? { attributes.array(IFLA_CAN_DATA_BITRATE_CONST) }
    /// IFLA_CAN_BITRATE_MAX: what the transceiver can do, in bits a second; 0 where it is not known. Read-only.
    public var maximumBitRate: UInt32? { attributes[IFLA_CAN_BITRATE_MAX] }

    /// IFLA_CAN_TDC: how CAN FD makes up for the transmitter's delay.
    public var delayCompensation: CANDelayCompensation? {
        get { attributes.nested(IFLA_CAN_TDC).map(CANDelayCompensation.init) }
        set { attributes[nested: IFLA_CAN_TDC] = newValue?.attributes }
    }

    private mutating func set(_ type: some BinaryInteger, _ timing: can_bittiming?) {
        guard let timing else { return attributes.remove(type) }
        attributes.set(type, header: timing)
    }
}

/// Struct can_berr_counter.
public struct CANErrorCounters: Hashable, Sendable {
    public let sending: UInt16
    public let receiving: UInt16
}

/// CAN_STATE_*.
public struct CANState: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ state: can_state) { rawValue = state.rawValue }

    /// Fewer than 96 errors.
    public static let errorActive = CANState(CAN_STATE_ERROR_ACTIVE)
    /// Fewer than 128 errors.
    public static let errorWarning = CANState(CAN_STATE_ERROR_WARNING)
    /// Fewer than 256 errors.
    public static let errorPassive = CANState(CAN_STATE_ERROR_PASSIVE)
    /// 256 errors or more.
    public static let busOff = CANState(CAN_STATE_BUS_OFF)
    public static let stopped = CANState(CAN_STATE_STOPPED)
    public static let sleeping = CANState(CAN_STATE_SLEEPING)
}

/// CAN_CTRLMODE_*.
public struct CANModes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ mode: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: mode) }

    public static let loopback = CANModes(CAN_CTRLMODE_LOOPBACK)
    public static let listenOnly = CANModes(CAN_CTRLMODE_LISTENONLY)
    /// CAN_CTRLMODE_3_SAMPLES.
    public static let tripleSampling = CANModes(CAN_CTRLMODE_3_SAMPLES)
    /// No retransmission.
    public static let oneShot = CANModes(CAN_CTRLMODE_ONE_SHOT)
    /// CAN_CTRLMODE_BERR_REPORTING: errors on the bus are told.
    public static let errorReporting = CANModes(CAN_CTRLMODE_BERR_REPORTING)
    /// CAN FD.
    public static let flexibleDataRate = CANModes(CAN_CTRLMODE_FD)
    public static let presumeAcknowledgement = CANModes(CAN_CTRLMODE_PRESUME_ACK)
    /// CAN FD as before ISO 11898-1:2015.
    public static let nonISO = CANModes(CAN_CTRLMODE_FD_NON_ISO)
    /// CAN_CTRLMODE_CC_LEN8_DLC: the raw DLC of frames of eight bytes.
    public static let rawLengthCode = CANModes(CAN_CTRLMODE_CC_LEN8_DLC)
    /// CAN_CTRLMODE_TDC_AUTO.
    public static let automaticDelayCompensation = CANModes(CAN_CTRLMODE_TDC_AUTO)
    /// CAN_CTRLMODE_TDC_MANUAL.
    public static let manualDelayCompensation = CANModes(CAN_CTRLMODE_TDC_MANUAL)
}
