/// Steele, Lea and Flood's splitmix64: the same numbers on every run, from any seed, zero too, so that a failure can be had again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in so many of a hundred.
    public mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    /// One of them; there has to be one.
    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

    /// One of them, or nil of none.
    public mutating func any<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &self) }

    /// Some of `bytes` overwritten, sometimes cut short.
    public mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...3, using: &self) {
            guard let position = bytes.indices.randomElement(using: &self) else { break }
            bytes[position] = UInt8.random(in: 0...255, using: &self)
        }
        if !bytes.isEmpty, Int.random(in: 0...3, using: &self) == 0 {
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &self))
        }
        return bytes
    }
}
