// Draws what <div data-chart="{…}"> describes; the same figures stand in the table below it, which needs no script.
(() => {
  'use strict';
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(`--yz-${name}`).trim();
  const FILLS = { green: '#3f9d6d', orange: '#d08a2e', red: '#cf5a52', blue: '#4a7fd6', grey: '#a9b3c1' };
  const LINES = ['#1757c2', '#c2630a', '#1a7445', '#7a4bc2'];
  const text = { color: colour('quiet'), fontFamily: getComputedStyle(document.body).fontFamily };
  const split = { lineStyle: { color: colour('line') } };

  const PERCENT = { max: 100, min: range => Math.max(0, Math.floor((range.min - 2) / 10) * 10) };

  const lines = (spec, isNarrow) => ({
    color: LINES,
    legend: { top: 0, textStyle: text, itemWidth: 18, orient: isNarrow ? 'vertical' : 'horizontal' },
    grid: { left: 8, right: 16, top: isNarrow ? 12 + 23 * spec.series.length : 36, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', valueFormatter: value => (value == null ? '—' : `${value}${spec.unit}`) },
    xAxis: { type: 'category', data: spec.labels, axisLabel: text, axisLine: split },
    yAxis: { type: 'value', ...(spec.unit === '%' ? PERCENT : { scale: true }), axisLabel: { ...text, formatter: `{value}${spec.unit}` }, splitLine: split },
    series: spec.series.map(one => ({
      type: 'line', name: one.name, data: one.values, symbol: 'circle', symbolSize: 7, connectNulls: true,
    })),
  });

  const bars = spec => ({
    grid: { left: 8, right: 40, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item' },
    xAxis: { type: 'value', minInterval: 1, axisLabel: text, splitLine: split },
    yAxis: { type: 'category', inverse: true, data: spec.labels, axisLabel: text, axisTick: { show: false }, axisLine: split },
    series: spec.series.map(one => ({
      type: 'bar',
      name: one.name,
      barMaxWidth: 18,
      label: { show: true, position: 'right', color: colour('ink') },
      data: one.values.map((value, index) => ({
        value, itemStyle: { color: FILLS[spec.tones[index]], borderRadius: [0, 3, 3, 0] },
      })),
    })),
  });

  const drawn = [];
  for (const box of document.querySelectorAll('[data-chart]')) {
    const spec = JSON.parse(box.dataset.chart);
    box.classList.add('yz-chart-drawn');
    const isNarrow = box.clientWidth < 480;
    if (spec.kind === 'bar') box.classList.add(spec.labels.length > 5 ? 'yz-chart-tall' : 'yz-chart-low');
    else if (isNarrow) box.classList.add('yz-chart-tall');
    const chart = window.echarts.init(box, null, { renderer: 'canvas' });
    chart.setOption({ animation: false, textStyle: text, ...(spec.kind === 'line' ? lines(spec, isNarrow) : bars(spec)) });
    if (spec.links) chart.on('click', event => window.location.assign(spec.links[event.dataIndex]));
    drawn.push(chart);
  }
  const fit = () => drawn.forEach(chart => chart.resize());
  window.addEventListener('resize', fit);
  window.matchMedia('print').addEventListener('change', fit);
})();
