/// Arithmetic on what a table or a plan says, which may be anything: what 64 bits do not hold is the most that they do.
extension UInt64 {
    func saturatingPlus(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    func saturatingTimes(_ other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// How many of `unit` it takes.
    func roundedUp(inUnitsOf unit: UInt64) -> UInt64 { self / unit + (self % unit == 0 ? 0 : 1) }
}
