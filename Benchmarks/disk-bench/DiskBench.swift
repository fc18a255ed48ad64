import BlockDevices
import Glibc
import Kernel

/// Probes disks all at once, in this process; prints the median of the repetitions in milliseconds, then a line a disk of what was found:
/// name, type, UUID, label, a dash for none.
///
/// `disk-bench probe REPETITIONS NAME…`, names as in /sys/block. Each repetition reads sysfs anew.
@main
enum DiskBench {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 3, words[0] == "probe", let count = Int(words[1]), count > 0 else {
            print("usage: disk-bench probe REPETITIONS NAME…")
            exit(2)
        }
        var times: [Double] = []
        var found: [Disk] = []
        for _ in 0..<count {
            let start = MonotonicTime.now()
            let disks = words[2...].compactMap { Disk(named: $0, in: .live) }
            found = DiskSurvey.probe(disks, in: .host(.live)).disks
            times.append(MonotonicTime.now().since(start).inSeconds * 1e3)
        }
        print(times.sorted()[count / 2])
        for disk in found {
            let report = disk.signature
            let cells = [
                disk.name, report?.type ?? report?.partitionTable, report?.uuid ?? report?.partitionTableUUID,
                report?.label,
            ]
            print(cells.map { $0 ?? "-" }.joined(separator: " "))
        }
    }
}
