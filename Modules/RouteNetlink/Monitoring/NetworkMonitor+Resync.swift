internal import CKernel
internal import Kernel
internal import Netlink

extension NetworkMonitor {
    /// The time between two readings of everything is this at least, and nine times as long as the last one took: a namespace with a
    /// million routes that change all the time is not read all the time.
    private static let leastPause = Duration.milliseconds(20)

    /// A kernel that does not answer for so long is asked again.
    private static let patience = Duration.seconds(30)

    /// Reads the stale parts anew and merges them.
    mutating func resynchronize() throws(NetlinkError) {
        let start = MonotonicTime.now()
        let deadline = Deadline(in: Self.patience)
        let parts = stale
        stale = []
        do throws(NetlinkError) {
            try settle(until: deadline)
            try drain()
            // All notifications from here on are about what the dumps may or may not have seen.
            touched = []
            if parts.contains(.links) { try reread(\.linkTable, until: deadline) { $0.follow($1) } }
            if parts.contains(.addresses) { try reread(\.addressTable, until: deadline) { $0.follow($1) } }
            if parts.contains(.routes) { try reread(\.routeTable, until: deadline) { _, _ in } }
            if parts.contains(.rules) { try reread(\.ruleTable, until: deadline) { $0.follow($1) } }
            if parts.contains(.neighbors) { try reread(\.neighborTable, until: deadline) { _, _ in } }
        } catch {
            stale.formUnion(parts)
            pause(since: start)
            // ENOBUFS is of the kernel's memory here, for nothing is multicast to this socket.
            if error.kind == .timedOut || error.kind == .overrun { return }
            throw error
        }
        pause(since: start)
        let made = lost.intersection(parts)
        lost.subtract(parts)
        if !made.isEmpty, lost.isEmpty { tell(.resynchronized(self.parts), of: []) }
    }

    private mutating func pause(since start: MonotonicTime) {
        let now = MonotonicTime.now()
        resyncTime = now.advanced(by: max(Self.leastPause, now.since(start) * 9))
    }

    /// Waits for the change under way: the kernel notifies of a link before its routes follow, and a dump takes no lock since Linux 6.9. A
    /// request for one link waits for the RTNL lock, so that what was begun before is done after.
    private mutating func settle(until deadline: Deadline) throws(NetlinkError) {
        var header = ifinfomsg()
        header.ifi_index = 1
        let request = NetlinkRequest("get", "link 1", type: RTM_GETLINK, header: header)
        do throws(NetlinkError) {
            try connection.get(request, until: deadline) { _, _ throws(NetlinkError) in }
        } catch  where error.kind == .refused {
            // ENODEV: the answer is no matter.
        }
    }

    /// Takes what waits in the socket, bounded: a namespace that never pauses is read on after the dump.
    private mutating func drain() throws(NetlinkError) {
        let now = Deadline(in: .zero)
        for _ in 0..<100_000 where try read(until: now) == .timedOut { return }
    }

    private mutating func reread<Object: MonitoredObject>(
        _ table: WritableKeyPath<NetworkState, ObjectTable<Object>>, until deadline: Deadline,
        _ follow: (inout NetworkMonitor, NetworkChange<Object>) -> Void
    ) throws(NetlinkError) {
        let isFirst = lost.contains(Object.part)
        touched.subtract(Object.part)
        stale.subtract(Object.part)
        changeState { $0[keyPath: table].dumpBegins() }
        var dump: [Object.Slot: [Object]] = [:]
        var isConsistent = true
        for request in Object.dumps {
            do throws(NetlinkError) {
                let part = try connection.dump(request, until: deadline, into: [:]) {
                    (objects: inout [Object.Slot: [Object]], message, bytes) throws(NetlinkError) in
                    guard message.type == Object.newType, let object = try Object.decode(message, in: bytes),
                        object.isListed
                    else { return }
                    objects[object.slot, default: []].append(object)
                }
                dump.merge(part.value) { $0 + $1 }
                isConsistent = isConsistent && part.isConsistent
            } catch  where error.kind == .refused && error.cause == .missingFeature {
                // A kernel without that family has none of it.
            }
        }
        statistics.dumps += 1
        var changes = changeState { $0[keyPath: table].merge(dump) }
        for change in changes { note(change, follow) }
        // What a dump has shown of this part needs no other dump of it.
        stale.subtract(Object.part)
        try drain()
        let isExact = isConsistent && !touched.contains(Object.part)
        let removals = changeState { $0[keyPath: table].removeMissing(from: dump, isExact: isExact) }
        for change in removals { note(change, follow) }
        changes += removals
        if !isExact {
            statistics.tornDumps += 1
            stale.formUnion(Object.part)
        } else if !isFirst {
            statistics.silentChanges += changes.count
        }
    }
}
