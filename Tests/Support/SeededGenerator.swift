/// Marsaglia's xorshift: the same numbers on every run, so that a failure can be had again.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed == 0 ? 1 : seed }

    public mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

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
