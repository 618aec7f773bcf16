export function pdfFiles(): import("vite").Plugin;
