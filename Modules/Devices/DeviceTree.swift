public import Kernel
public import SystemPackage

/// Devices as sysfs shows them.
public enum DeviceTree {
    /// The properties of a device's `uevent` file: `DRIVER`, `MODALIAS`, `DEVNAME` and the subsystem's own.
    public static func properties(of device: FilePath, in root: HostRoot) -> [String: String] {
        guard let text = root.textIfPresent(device.appending("uevent")) else { return [:] }
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            result[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return result
    }

    /// A device that asks for a driver.
    public struct Request: Hashable, Sendable {
        /// Its directory below `/sys/devices`.
        public let device: FilePath
        /// `MODALIAS` of its `uevent` file: the `modalias` attribute is missing on some buses (mmc).
        public let alias: String
    }

    /// Every device with a module alias, in the order of the tree.
    ///
    /// Walks directories alone, following no link: `/sys/devices` holds each device once.
    public static func requests(in root: HostRoot) -> [Request] {
        var result: [Request] = []
        var pending: [FilePath] = ["/sys/devices"]
        while let directory = pending.popLast() {
            pending += root.directoriesIfPresent(of: directory).reversed().map { directory.appending($0) }
            if let alias = properties(of: directory, in: root)["MODALIAS"], !alias.isEmpty {
                result.append(Request(device: directory, alias: alias))
            }
        }
        return result
    }
}
