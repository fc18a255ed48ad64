import BlockDevices
import Driver
import Kernel
import SystemPackage

/// An image whose first 128 KiB are the bytes, with all that looks at one: libblkid, our probers, the table; and, of some, its capture.
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
            return 0
        }
    }
}
