/** The page's icons: 24 × 24, drawn with one stroke. Beside words, so hidden from screen readers. */

const PATHS = {
  alert: "M12 8v5M12 16.5v.01M10.3 3.9 2.6 17.2a2 2 0 0 0 1.7 3h15.4a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z",
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  arrowUp: "M12 19V5M6 11l6-6 6 6",
  attach: "M20 11.500 12 19.500a5 5 0 0 1-7-7l8-8a3.400 3.400 0 0 1 4.800 4.800l-8 8a1.700 1.700 0 0 1-2.400-2.400l7.300-7.300",
  back: "M15 5l-7 7 7 7",
  bell: "M6 17V11a6 6 0 1 1 12 0v6l1.5 2h-15zM10 21.5h4",
  bot: "M5 9h14v10H5zM12 9V5M9 13.5v1.5M15 13.5v1.5M2.5 13v2.5M21.5 13v2.5",
  brain: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0 0 12 3Z",
  card: "M3 6h18v12H3zM3 10.5h18M6.5 15h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M9 6l6 6-6 6",
  chevronUp: "M6 15l6-6 6 6",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  close: "M6 6l12 12M18 6L6 18",
  columns: "M4 5h16v14H4zM12 5v14",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z",
  fetch: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3.5 3 14.5 0 18M12 3c-3 3.5-3 14.5 0 18",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  grip: "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01",
  fork: "M7 8v8M7 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM17 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM17 8c0 4-4 5-8.5 5",
  folder: "M3 6h6l2 2h10v11H3z",
  gear: "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM10.200 3h3.6l.5 2.500 2 .900 2.200-1.400 2.500 2.500-1.400 2.200.9 2 2.500.5v3.600l-2.500.5-.9 2 1.400 2.200-2.500 2.500-2.200-1.400-2 .9-.5 2.500h-3.600l-.5-2.500-2-.9-2.200 1.400-2.500-2.500 1.400-2.200-.9-2L1.500 13.800v-3.600l2.500-.5.9-2-1.400-2.200L6 3l2.200 1.400 2-.9z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15 9.500v.01",
  key: "M11 13 20 4M16 8l3 3M8 20a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
  layers: "M12 4l8.5 4.5L12 13 3.5 8.5zM3.5 12.5L12 17l8.5-4.5M3.5 16.5L12 21l8.5-4.5",
  link: "M10 14a4.5 4.5 0 0 0 6.500 0l3-3a4.600 4.600 0 0 0-6.500-6.500L11.500 6M14 10a4.500 4.500 0 0 0-6.500 0l-3 3a4.600 4.600 0 0 0 6.500 6.500l1.500-1.500",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
  minus: "M5 12h14",
  more: "M5 12v.01M12 12v.01M19 12v.01",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  plus: "M12 5v14M5 12h14",
  question: "M9.5 9a2.6 2.6 0 1 1 3.8 2.3c-.9.5-1.3 1-1.3 2M12 16.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  queue: "M4 7h16M4 12h10M4 17h7",
  retry: "M20 11a8 8 0 1 0-2.3 6M20 5v6h-6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  star: "M12 3.5l2.6 5.400 5.900.8-4.3 4.100 1 5.900-5.200-2.8-5.200 2.8 1-5.900L3.5 9.700l5.900-.8z",
  steer: "M5 19c0-8 3-11 13-11M13 3l5 5-5 5",
  stop: "M7 7h10v10H7z",
  terminal: "M5 8l4 4-4 4M12 17h7",
  tool: "M14.5 6.5a4 4 0 0 0-5.3 5L4 16.700 7.3 20l5.200-5.200a4 4 0 0 0 5-5.3l-2.5 2.5-2.5-.5-.5-2.5z",
  undo: "M8 5 4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11H9",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  wrap: "M4 6h16M4 12h13a3 3 0 0 1 0 6h-4M15.500 15.500 13 18l2.500 2.500M4 18h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16, filled = false }: { name: IconName; size?: number; filled?: boolean }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
