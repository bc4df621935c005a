// Bar charts made from the figures that stand in the table below them. The table is there without this file, too.
(() => {
  "use strict";

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function draw(frame) {
    const data = JSON.parse(frame.dataset.chart);
    const chart = echarts.init(frame, null, { renderer: "canvas" });
    const font = getComputedStyle(document.body).fontFamily;
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: font },
      grid: { left: 16, right: 16, top: 28, bottom: 0, containLabel: true },
      // An HTML tooltip would carry inline styles, which the content security policy refuses.
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
      xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line") } }, axisLabel: { show: false } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: token("--line-soft") } }, axisLabel: { show: false } },
      series: [{ type: "bar", name: data.name, data: data.values, barMaxWidth: 44, cursor: "pointer", itemStyle: { color: token("--accent"), borderRadius: [4, 4, 0, 0] },  }],
    });
    chart.on("click", (event) => { location.href = data.urls[event.dataIndex]; });
    new ResizeObserver(() => chart.resize()).observe(frame);
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
