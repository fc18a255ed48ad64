internal import CKernel

/// What a rule does with its packets (FR_ACT_*, linux/fib_rules.h).
public struct RuleAction: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ number: some BinaryInteger) { rawValue = UInt8(truncatingIfNeeded: number) }

    /// Of a rule that is to be deleted: any.
    public static let unspecified = RuleAction(FR_ACT_UNSPEC)
    /// FR_ACT_TO_TBL: look the route up in a table.
    public static let lookup = RuleAction(FR_ACT_TO_TBL)
    /// FR_ACT_GOTO: go on at another priority.
    public static let goto = RuleAction(FR_ACT_GOTO)
    /// FR_ACT_NOP: a place to go to, no more.
    public static let nothing = RuleAction(FR_ACT_NOP)
    /// Drop in silence.
    public static let blackhole = RuleAction(FR_ACT_BLACKHOLE)
    /// ENETUNREACH.
    public static let unreachable = RuleAction(FR_ACT_UNREACHABLE)
    /// EACCES.
    public static let prohibit = RuleAction(FR_ACT_PROHIBIT)
}

/// FIB_RULE_* (linux/fib_rules.h).
public struct RuleFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// FIB_RULE_PERMANENT: cannot be deleted.
    public static let permanent = RuleFlags(rawValue: UInt32(FIB_RULE_PERMANENT))
    /// FIB_RULE_INVERT; ``Rule/isInverted`` has it.
    static let inverted = RuleFlags(rawValue: UInt32(FIB_RULE_INVERT))
    /// FIB_RULE_UNRESOLVED: there is no rule of the priority to go to.
    public static let unresolved = RuleFlags(rawValue: UInt32(FIB_RULE_UNRESOLVED))
    /// FIB_RULE_IIF_DETACHED: there is no link of that name.
    public static let inputLinkAbsent = RuleFlags(rawValue: UInt32(FIB_RULE_IIF_DETACHED))
    /// FIB_RULE_OIF_DETACHED.
    public static let outputLinkAbsent = RuleFlags(rawValue: UInt32(FIB_RULE_OIF_DETACHED))
    /// FIB_RULE_FIND_SADDR.
    public static let findSource = RuleFlags(rawValue: UInt32(FIB_RULE_FIND_SADDR))
}
