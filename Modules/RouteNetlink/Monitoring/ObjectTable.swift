internal import Netlink

/// The objects of one kind, by what the kernel finds them by.
struct ObjectTable<Object: MonitoredObject>: Hashable, Sendable {
    private var slots: [Object.Slot: [Object]] = [:]
    /// Slots that notifications touched since the last dump began.
    private var touched: Set<Object.Slot> = []
    /// What a torn dump did not have. Missing from the next one too, and untouched between them, it is gone.
    private var suspects: Set<Object> = []

    /// In no order.
    var objects: [Object] { slots.values.flatMap { $0 } }
    subscript(slot: Object.Slot) -> [Object] { slots[slot] ?? [] }

    mutating func apply(_ object: Object, isDeleted: Bool, _ flags: NetlinkFlags) -> SlotOutcome<Object> {
        let slot = object.slot
        touched.insert(slot)
        guard isDeleted || !object.isListed else { return Object.add(object, flags, to: &slots[slot, default: []]) }
        guard var objects = slots[slot] else { return SlotOutcome() }
        let outcome = Object.remove(object, from: &objects)
        slots[slot] = objects.isEmpty ? nil : objects
        return outcome
    }

    /// Before a dump is asked for.
    mutating func dumpBegins() { touched = [] }

    /// What the dump has, merged. What it lacks stays, for notifications that came meanwhile may have brought it.
    mutating func merge(_ dump: [Object.Slot: [Object]]) -> [NetworkChange<Object>] {
        var changes: [NetworkChange<Object>] = []
        for (slot, objects) in dump {
            for object in objects {
                if let position = slots[slot]?.firstIndex(where: { $0.isSame(as: object) }) {
                    let change = Object.replace(position, of: &slots[slot, default: []], by: object, isTold: false)
                    if let change { changes.append(change) }
                } else {
                    slots[slot, default: []].append(object)
                    changes.append(.added(object))
                }
            }
        }
        return changes
    }

    /// After the notifications that came during the dump: what it lacked is gone. Where the dump may be torn (`isExact` is false), only
    /// what the torn one before lacked too, and no notification touched.
    mutating func removeMissing(from dump: [Object.Slot: [Object]], isExact: Bool) -> [NetworkChange<Object>] {
        var changes: [NetworkChange<Object>] = []
        var missing: Set<Object> = []
        for (slot, objects) in slots where isExact || !touched.contains(slot) {
            let present = dump[slot] ?? []
            let kept = objects.filter { object in
                if present.contains(where: { $0.isSame(as: object) }) { return true }
                if isExact || suspects.contains(object) {
                    changes.append(.removed(object))
                    return false
                }
                missing.insert(object)
                return true
            }
            if kept.count != objects.count { slots[slot] = kept.isEmpty ? nil : kept }
        }
        suspects = missing
        return changes
    }
}
