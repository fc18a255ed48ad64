import ArgumentParser
import BlockDevices
import Documents
import Kernel
import SystemPackage

extension DiskCommand {
    struct Loop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Files as block devices.", subcommands: [List.self, Attach.self, Detach.self])

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Lists the loop devices that have a file.")
            @OptionGroup var host: HostOptions
            @OptionGroup var output: OutputOptions

            func run() throws {
                let all = try host.read("disk loop list") { LoopDevice.all(in: $0) }
                var table = Table("DEVICE", "SIZE", "SECTOR", "OFFSET", "FLAGS", "FILE")
                for device in all {
                    let flags = [
                        device.setup.isReadOnly ? "read-only" : nil, device.setup.isAutoclear ? "autoclear" : nil,
                        device.setup.isDirect ? "direct" : nil, device.setup.keepsPartitions ? "partitions" : nil,
                    ].compactMap { $0 }
                    table.add(
                        device.path.string, String.size(device.sizeInBytes), "\(device.setup.blockSize)",
                        "\(device.setup.offset)", flags.joined(separator: ","), device.backingFile)
                }
                try output.answer(.array(all.map(\.document)), table: table.text)
            }
        }

        struct Attach: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Attaches a file, and says to which device.")
            @Argument(help: "The file.") var file: String
            @Option(help: ArgumentHelp("Of the device's sectors, in bytes.", valueName: "n")) var blockSize: UInt32 =
                512
            @Option(help: ArgumentHelp("Where in the file it begins, in bytes.", valueName: "n")) var offset: UInt64 = 0
            @Option(help: ArgumentHelp("Its size, in bytes; 0 is the rest of the file.", valueName: "n"))
            var sizeLimit: UInt64 = 0
            @Flag(help: "Nothing may be written.") var readOnly = false
            @Flag(help: "Past the page cache.") var direct = false
            @Flag(help: "Detached by its last user.") var autoclear = false
            @Flag(help: "The kernel keeps its partitions.") var partitions = false
            @OptionGroup var output: OutputOptions

            func validate() throws {
                if file.isEmpty { throw ValidationError("The file is not named.") }
                guard [512, 1024, 2048, 4096].contains(blockSize) else {
                    throw ValidationError("--block-size is 512, 1024, 2048 or 4096.")
                }
                if autoclear {
                    throw ValidationError("--autoclear needs somebody who has the device open: it is for programs.")
                }
            }

            func run() throws {
                var setup = LoopDevice.Setup()
                setup.blockSize = blockSize
                setup.offset = offset
                setup.sizeLimit = sizeLimit
                setup.isReadOnly = readOnly
                setup.isDirect = direct
                setup.keepsPartitions = partitions
                do throws(OSError) {
                    let attached = try LoopDevice.attach(
                        FilePath(file), setup, in: .live, until: Deadline(in: .seconds(5)))
                    let device = LoopDevice(named: attached.name, in: .live)
                    try? output.answer(device?.document ?? .null, table: attached.path.string)
                } catch {
                    throw CommandFailure(error, "disk loop attach")
                }
            }
        }

        struct Detach: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Detaches a device from its file.")
            @Argument(help: "The device: /dev/loop0, or loop0.") var device: String
            @OptionGroup var output: OutputOptions

            func run() throws {
                let name = device.hasPrefix("/dev/") ? String(device.dropFirst(5)) : device
                do throws(OSError) { try LoopDevice.detach(name, in: .live) } catch {
                    throw CommandFailure(error, "disk loop detach")
                }
                // The kernel lets go of one that is used when its last user does: mostly somebody who looks at it for a moment.
                let deadline = Deadline(in: .seconds(1))
                while LoopDevice(named: name, in: .live) != nil, !deadline.hasPassed {
                    Deadline(in: .milliseconds(20)).sleep()
                }
                let isLeft = LoopDevice(named: name, in: .live) != nil
                try output.answer(
                    ["device": .string(name), "detached": .bool(!isLeft)],
                    table: isLeft ? "\(name) is in use, and goes with its last user" : "\(name) is detached")
            }
        }
    }
}
