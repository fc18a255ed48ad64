import Glibc
import Kernel
import SystemPackage
import TestSupport

/// A `/sys` of block devices, shaped as the kernel's: directories below `/sys/devices`, links to them in `/sys/block`.
struct SysfsTree: ~Copyable {
    let directory: TemporaryDirectory
    var root: HostRoot { HostRoot(directory: directory.path) }

    init() throws {
        directory = try TemporaryDirectory()
        for folder in ["sys", "sys/block"] { unsafe _ = mkdir("\(directory.path)/\(folder)", 0o755) }
    }

    /// A disk at `place`, a path below `/sys/devices` that ends in its name. Sizes are in sectors of 512 bytes.
    func disk(_ place: String, sectors: String? = "2048", _ attributes: [String: String] = [:]) throws {
        var all = attributes
        all["size"] = sectors
        all["dev"] = all["dev"] ?? "254:0"
        for (name, value) in all { try directory.write("sys/devices/\(place)/\(name)", "\(value)\n") }
        let name = place.split(separator: "/").last.map { String($0) } ?? ""
        try link("sys/block/\(name)", to: "../devices/\(place)")
    }

    /// A partition below the disk at `place`.
    func partition(_ place: String, _ number: String, start: String, sectors: String) throws {
        let disk = place.split(separator: "/").last.map { String($0) } ?? ""
        let name = disk.last?.isNumber == true ? "\(disk)p\(number)" : "\(disk)\(number)"
        let attributes = ["partition": number, "start": start, "size": sectors, "dev": "254:\(number)"]
        for (key, value) in attributes { try directory.write("sys/devices/\(place)/\(name)/\(key)", "\(value)\n") }
    }

    func link(_ path: String, to target: String) throws {
        let place = "\(directory.path)/\(path)"
        guard unsafe symlink(target, place) == 0 else {
            throw OSError(operation: "symlink", errno: Errno(rawValue: errno), subject: place)
        }
    }
}
