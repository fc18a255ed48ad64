import CAllocationCount
import Glibc
import Kernel
import Netlink
import RouteNetlink

/// One measured piece of work: `netlink-bench walk|routes|links|add COUNT REPETITIONS`, in the network namespace that it is
/// started in. Prints the best time of the repetitions in milliseconds, what was seen, and the allocations of one.
@main
enum NetlinkBench {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 4, let count = Int(words[2]), let repetitions = Int(words[3]), repetitions > 0 else {
            print("usage: netlink-bench walk|routes|links|add COUNT REPETITIONS")
            exit(2)
        }
        var best = Double.infinity
        var seen = 0
        var allocations: UInt64 = 0
        let work = try Work(words[1])
        for repetition in 0..<repetitions {
            let before = sw_allocation_count()
            let start = MonotonicTime.now()
            seen = try work.run(count, repetition)
            let time = Double(MonotonicTime.now().nanoseconds - start.nanoseconds) / 1e6
            allocations = sw_allocation_count() - before
            best = min(best, time)
        }
        let perMessage = Double(allocations) / Double(max(1, seen))
        print("\(words[1]) \(best) ms seen=\(seen) allocations=\(allocations) per_message=\(perMessage)")
    }
}
