public import Kernel
internal import SystemPackage

/// Takes the magic strings out of a range of a device, and nothing else, until probing finds none.
public enum SignatureWipe {
    /// Rounds, of which each wipes all that a probe finds: a magic may hide another one.
    private static let mostRounds = 64

    /// Wipes `range`, in bytes, and flushes. The signatures that went, in the order in which they did.
    /// - Throws: the device's error; EIO where probing still finds something in the end.
    public static func run(
        on device: WritableDevice, range: Range<UInt64>, subject: String
    ) throws(OSError) -> [ProbeReport.Signature] {
        var options = ProbeOptions()
        options.offset = range.lowerBound
        options.size = range.upperBound - range.lowerBound
        options.listsSignatures = true
        var wiped: [ProbeReport.Signature] = []
        for _ in 0..<mostRounds {
            // A fresh one each time: libblkid keeps what it read.
            let probe = try Probe(adopting: try device.duplicate(), subject: subject, options)
            let found = try probe.report().signatures.filter { range.contains($0.offset) }
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
