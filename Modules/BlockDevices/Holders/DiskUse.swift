public import Documents

/// Somebody who uses a disk, or a partition of it, or what stands on one.
public struct DiskUse: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case mount, swap, lvm, crypt, dm, md, loop, open
    }

    public let kind: Kind
    /// What is used: `sda1`, or a device on top of it: `dm-0`.
    public let device: String
    /// Where it is mounted, or what the device on top is called.
    public let name: String
    /// The process, of one who has it open or whose mount namespace it is in; nil where that is ours.
    public let process: Int?

    public init(_ kind: Kind, of device: String, _ name: String, process: Int? = nil) {
        self.kind = kind
        self.device = device
        self.name = name
        self.process = process
    }

    /// `sda1 is mounted on /boot`
    public var sentence: String {
        switch kind {
        case .mount:
            "\(device) is mounted on \(name)" + (process.map { " in the mount namespace of process \($0)" } ?? "")
        case .swap: "\(device) is swap space in use"
        case .lvm: "\(device) is part of the logical volume \(name)"
        case .crypt: "\(device) is under the encrypted volume \(name)"
        case .dm: "\(device) is under the device-mapper volume \(name)"
        case .md: "\(device) is a member of the array \(name)"
        case .loop: "\(device) is attached as \(name)"
        case .open: "\(device) is open in process \(process ?? 0) (\(name))"
        }
    }

    /// What follows "it is in use": who does, or that it is nobody whom anything names.
    public static func words(_ uses: [DiskUse]) -> String {
        uses.isEmpty ? " by the kernel" : ": \(uses.map(\.sentence).joined(separator: "; "))"
    }

    /// What ends it.
    public var remedy: String {
        switch kind {
        case .mount: "unmount \(name)" + (process.map { " in the mount namespace of process \($0)" } ?? "")
        case .swap: "swapoff /dev/\(device)"
        case .lvm: "deactivate the logical volume \(name)"
        case .crypt: "close the encrypted volume \(name)"
        case .dm: "remove the device-mapper volume \(name)"
        case .md: "stop the array \(name)"
        case .loop: "detach \(name)"
        case .open: "stop process \(process ?? 0) (\(name))"
        }
    }

    public var document: JSONValue {
        [
            "kind": .string(kind.rawValue), "device": .string(device), "name": .string(name), "pid": JSONValue(process),
            "message": .string(sentence), "remedy": .string(remedy),
        ]
    }
}
