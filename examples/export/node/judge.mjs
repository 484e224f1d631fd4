// Judges pictures with a detector that 'promptad export' wrote. Needs onnxruntime-node, and sharp to read pictures.
import ort from 'onnxruntime-node';
import sharp from 'sharp';

const [file, ...pictures] = process.argv.slice(2);
if (pictures.length === 0) {
  console.error('Usage: node judge.mjs <file.onnx> <picture>...');
  process.exit(2);
}
const session = await ort.InferenceSession.create(file);
const [height, width] = session.inputMetadata[0].shape;
for (const path of pictures) {
  const { data, info } = await sharp(path).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height) {
    console.error(`'${path}' is ${info.width} x ${info.height}, but the file takes ${width} x ${height} pixels.`);
    process.exit(1);
  }
  const picture = new ort.Tensor('uint8', new Uint8Array(data), [height, width, 3]);
  const { score, map, normalized_score: normalized } = await session.run({ picture });
  // This binding does not read a file's metadata. The normalized score tells OK and NG apart; where REVIEW begins, 'promptad threshold show' says.
  const verdict = normalized ? (normalized.data[0] > 0.5 ? 'NG' : 'OK or REVIEW') : '-';
  console.log([verdict, score.data[0], normalized?.data[0] ?? '-', map.data.reduce((a, b) => Math.max(a, b)), path].join('\t'));
}
