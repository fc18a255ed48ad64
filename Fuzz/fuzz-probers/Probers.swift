import BlockDevices
import Driver
import Kernel
import SystemPackage

/// An image of 1 MiB that begins with the bytes, with all that looks at one: libblkid, our probers, the table; and, of some, its capture.
@main
enum Probers {
    static func main() {
        fuzz { start, count in
            let image = bytes(start, count)
            guard let file = try? WritableDevice(inMemory: 1 << 20, subject: "fuzz") else { return 0 }
            guard (try? file.write(Array(image.prefix(1 << 20)), at: 0)) != nil else { return 0 }
            var options = ProbeOptions()
            options.listsSignatures = true
            options.sectorSize = image.count % 2 == 0 ? 512 : 4096
            guard let descriptor = try? file.duplicate(),
                let report = try? Probe(adopting: descriptor, subject: "fuzz", options).report()
            else { return 0 }
            _ = report.document
            // It probes a hundred times: of few inputs.
            guard image.reduce(UInt8(0), { $0 &* 31 &+ $1 }) % 64 == 1 else { return 0 }
            let path = file.pathHere
            guard let capture = try? SparseProbe.capture(path, in: .live) else { return 0 }
            for look in capture.record.looks {
                var options = ProbeOptions()
                (options.offset, options.size, options.listsSignatures) = (look.offset, look.size, true)
                // What is past the end is refused of both.
                let one = try? capture.record.probe(options)
                guard one == (try? Probe(path: path, options).report()) else {
                    fatalError("a record that is not as its image")
                }
            }
            return 0
        }
    }
}

extension WritableDevice {
    /// Where this process finds the file that has no name.
    fileprivate var pathHere: FilePath {
        let raw = try? withDescriptor { (descriptor) throws(OSError) in descriptor }
        return FilePath("/proc/self/fd/\(raw ?? -1)")
    }
}
