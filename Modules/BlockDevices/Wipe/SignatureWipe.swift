public import Kernel
internal import SystemPackage

/// Takes the magic strings out of a range of a device, and nothing else, until probing finds none.
public enum SignatureWipe {
    /// Rounds, of which each wipes all that a probe finds: a magic may hide another one.
    private static let mostRounds = 64

    /// Every signature that a probe of `range`, in bytes, finds in it.
    public static func find(
        on device: WritableDevice, range: Range<UInt64>, subject: String
    ) throws(OSError) -> [ProbeReport.Signature] {
        var options = ProbeOptions()
        options.offset = range.lowerBound
        options.size = range.upperBound - range.lowerBound
        options.listsSignatures = true
        // A fresh probe each time: libblkid keeps what it read.
        return try Probe(adopting: try device.duplicate(), subject: subject, options).report().signatures
            .filter { range.contains($0.offset) }
    }

    /// Wipes `range`, in bytes, and flushes. The signatures that went, in the order in which they did.
    /// - Throws: the device's error; EIO where probing still finds something in the end.
    public static func run(
        on device: WritableDevice, range: Range<UInt64>, subject: String
    ) throws(OSError) -> [ProbeReport.Signature] {
        var wiped: [ProbeReport.Signature] = []
        for _ in 0..<mostRounds {
            let found = try find(on: device, range: range, subject: subject)
            if found.isEmpty { return wiped }
            for signature in found {
                let room = Int(min(UInt64(signature.magic.count), range.upperBound - signature.offset))
                try device.write([UInt8](repeating: 0, count: room), at: signature.offset)
                wiped.append(signature)
            }
            try device.flush()
        }
        throw OSError(operation: "wipe signatures", errno: .ioError, subject: subject)
    }
}
