/** Complaints and requests, read once and kept live. */
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { api, type Complaint, type ServiceRequest } from "../api";

function list<T extends { number: string }>(read: () => Promise<{ items: T[] }>) {
  const items = shallowRef<T[]>([]);
  const loaded = ref(false);
  const failed = ref(false);

  async function load(): Promise<void> {
    try {
      items.value = (await read()).items;
      loaded.value = true;
      failed.value = false;
    } catch {
      failed.value = true;
    }
  }

  function apply(item: T): void {
    items.value = [item, ...items.value.filter(({ number }) => number !== item.number)];
  }

  return { items, loaded, failed, load, apply };
}

export const useComplaints = defineStore("complaints", () => list<Complaint>(api.complaints));
export const useRequests = defineStore("requests", () => list<ServiceRequest>(api.requests));
