internal import Glibc

/// What `make test-long` and a person who looks for a failure again say of the sweeps.
public enum Sweep {
    /// SLIPWAY_LONG: the whole, where `make test` takes a slice.
    public static var isLong: Bool { unsafe getenv("SLIPWAY_LONG") != nil }

    /// SLIPWAY_SEED: where the random ones begin; nil is where they do by themselves.
    public static var seed: UInt64? { unsafe getenv("SLIPWAY_SEED").flatMap { unsafe UInt64(String(cString: $0)) } }
}
