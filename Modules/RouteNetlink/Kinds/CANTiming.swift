internal import CKernel
public import Netlink

/// Struct can_bittiming (linux/can/netlink.h).
public struct CANBitTiming: Hashable, Sendable {
    /// In bits a second. A request gives it and leaves the rest to the kernel, or 0 and the rest.
    public var bitRate: UInt32 = 0
    /// In tenths of a percent of a bit's time.
    public var samplePoint: UInt32 = 0
    /// The time quantum in nanoseconds.
    public var quantumInNanoseconds: UInt32 = 0
    /// In time quanta, as the three below.
    public var propagationSegment: UInt32 = 0
    public var phaseSegment1: UInt32 = 0
    public var phaseSegment2: UInt32 = 0
    public var synchronizationJumpWidth: UInt32 = 0
    /// The clock's divisor.
    public var prescaler: UInt32 = 0

    public init() {}

    init(_ timing: can_bittiming) {
        bitRate = timing.bitrate
        samplePoint = timing.sample_point
        quantumInNanoseconds = timing.tq
        propagationSegment = timing.prop_seg
        phaseSegment1 = timing.phase_seg1
        phaseSegment2 = timing.phase_seg2
        synchronizationJumpWidth = timing.sjw
        prescaler = timing.brp
    }

    var structure: can_bittiming {
        can_bittiming(
            bitrate: bitRate, sample_point: samplePoint, tq: quantumInNanoseconds, prop_seg: propagationSegment,
            phase_seg1: phaseSegment1, phase_seg2: phaseSegment2, sjw: synchronizationJumpWidth, brp: prescaler)
    }
}

/// Struct can_bittiming_const (linux/can/netlink.h): what a controller can do. Segments are in time quanta.
public struct CANBitTimingLimits: Hashable, Sendable {
    /// The controller's, up to its NUL.
    public let name: String
    /// The propagation segment and the first phase segment together; as the driver tells it.
    public let segment1: (minimum: UInt32, maximum: UInt32)
    public let segment2: (minimum: UInt32, maximum: UInt32)
    public let maximumSynchronizationJumpWidth: UInt32
    public let prescaler: (minimum: UInt32, maximum: UInt32)
    public let prescalerIncrement: UInt32

    init(_ limits: can_bittiming_const) {
        // SAFETY: the sixteen bytes of a local value.
        name = unsafe withUnsafeBytes(of: limits.name) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        segment1 = (limits.tseg1_min, limits.tseg1_max)
        segment2 = (limits.tseg2_min, limits.tseg2_max)
        maximumSynchronizationJumpWidth = limits.sjw_max
        prescaler = (limits.brp_min, limits.brp_max)
        prescalerIncrement = limits.brp_inc
    }

    public static func == (left: CANBitTimingLimits, right: CANBitTimingLimits) -> Bool {
        left.name == right.name && left.numbers == right.numbers
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(numbers)
    }

    private var numbers: [UInt32] {
        [
            segment1.minimum, segment1.maximum, segment2.minimum, segment2.maximum, maximumSynchronizationJumpWidth,
            prescaler.minimum, prescaler.maximum, prescalerIncrement,
        ]
    }
}

/// IFLA_CAN_TDC_* (linux/can/netlink.h): transmitter delay compensation, in periods of the controller's clock. What a request may
/// set is the value, the offset and the filter.
public struct CANDelayCompensation: Hashable, Sendable {
    public var attributes: AttributeSet
    public init(attributes: AttributeSet = AttributeSet()) { self.attributes = attributes }

    /// IFLA_CAN_TDC_TDCV: the delay itself.
    public var value: UInt32? {
        get { attributes[IFLA_CAN_TDC_TDCV] }
        set { attributes[IFLA_CAN_TDC_TDCV] = newValue }
    }

    /// IFLA_CAN_TDC_TDCO: what is added to it.
    public var offset: UInt32? {
        get { attributes[IFLA_CAN_TDC_TDCO] }
        set { attributes[IFLA_CAN_TDC_TDCO] = newValue }
    }

    /// IFLA_CAN_TDC_TDCF: the window in which edges are waited for.
    public var filter: UInt32? {
        get { attributes[IFLA_CAN_TDC_TDCF] }
        set { attributes[IFLA_CAN_TDC_TDCF] = newValue }
    }

    public var minimumValue: UInt32? { attributes[IFLA_CAN_TDC_TDCV_MIN] }
    public var maximumValue: UInt32? { attributes[IFLA_CAN_TDC_TDCV_MAX] }
    public var minimumOffset: UInt32? { attributes[IFLA_CAN_TDC_TDCO_MIN] }
    public var maximumOffset: UInt32? { attributes[IFLA_CAN_TDC_TDCO_MAX] }
    public var minimumFilter: UInt32? { attributes[IFLA_CAN_TDC_TDCF_MIN] }
    public var maximumFilter: UInt32? { attributes[IFLA_CAN_TDC_TDCF_MAX] }
}
