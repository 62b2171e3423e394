/** Charts of the reports, loaded only with that page: the parts of ECharts we draw with. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export interface Drawing {
  show(option: EChartsCoreOption): void;
  resize(): void;
  end(): void;
}

/** A chart in an element; the renderer draws SVG, which needs no inline script and prints well. */
export function draw(element: HTMLElement): Drawing {
  const chart = init(element, null, { renderer: "svg" });
  return {
    show: (option) => chart.setOption(option, { notMerge: true }),
    resize: () => chart.resize(),
    end: () => chart.dispose(),
  };
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function frame(): EChartsCoreOption {
  return {
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("--text-2") },
    color: [token("--accent"), token("--green"), token("--amber")],
    grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", backgroundColor: token("--surface"), borderColor: token("--line"), textStyle: { color: token("--text") } },
    animation: false,
  };
}

const axis = () => ({
  axisLine: { lineStyle: { color: token("--line-strong") } },
  axisLabel: { color: token("--text-2") },
  splitLine: { lineStyle: { color: token("--line") } },
});

/** Several lines over days. */
export function lines(days: string[], series: { name: string; data: (number | null)[] }[]): EChartsCoreOption {
  return {
    ...frame(),
    legend: { top: 0, textStyle: { color: token("--text") } },
    xAxis: { type: "category", data: days.map((day) => day.slice(5)), ...axis() },
    yAxis: { type: "value", minInterval: 1, ...axis() },
    series: series.map((one) => ({ type: "line", symbolSize: 6, ...one })),
  };
}

/** Lying bars, the first on top. */
export function bars(name: string, items: { label: string; count: number }[]): EChartsCoreOption {
  const upwards = items.toReversed();
  return {
    ...frame(),
    grid: { left: 8, right: 36, top: 6, bottom: 4, containLabel: true },
    xAxis: { type: "value", minInterval: 1, ...axis() },
    yAxis: { type: "category", data: upwards.map(({ label }) => label), ...axis() },
    series: [{ type: "bar", name, barMaxWidth: 18, data: upwards.map(({ count }) => count), label: { show: true, position: "right", color: token("--text") } }],
  };
}
