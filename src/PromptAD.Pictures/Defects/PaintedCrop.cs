using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>
/// A square part of a picture that a defect is drawn on as on a drawn product: the picture is taken for a flat, matt surface, whose light
/// changes where marks give it height. Of a large part it sees every few pixels alone, and what it draws is enlarged.
/// </summary>
internal sealed class PaintedCrop : IDisposable
{
    private const float LeastDifference = 2f / 255, ShareOfMost = 0.25f, MostGain = 20;
    private static readonly Light Lamp = new(Vector3.Normalize(new Vector3(-0.5f, -0.6f, 1)), 0.4f, 0.5f, 3, 0.4f);

    private readonly int _channels;
    private readonly bool _isGrey;
    private readonly Painter _painter;
    private readonly Layers _clean, _spoilt;
    private readonly float[] _difference, _shadow, _line; // (3, size, size) what the defect adds, 0 outside its mask
    private readonly byte[] _changed, _marked; // (side, side, channels) the crop with the defect; (side, side) 255 where it differs
    private readonly int _step; // from one pixel that is seen to the next
    private int _left, _top;

    public PaintedCrop(ReadOnlySpan<byte> pixels, int width, int height, int size, int step)
    {
        (Width, Height, Size, _step) = (width, height, size, step);
        _channels = pixels.Length / (width * height);
        _isGrey = _channels == 1 || IsGrey(pixels);
        _painter = new Painter(size);
        (_clean, _spoilt) = (new Layers(size), new Layers(size));
        (_difference, _shadow, _line) = (new float[3 * size * size], new float[size * size], new float[size]);
        (_changed, _marked) = (new byte[Side * Side * _channels], new byte[Side * Side]);
        _clean.Product.AsSpan().Fill(1);
    }

    /// <summary>The picture's width in pixels.</summary>
    public int Width { get; }

    /// <summary>The picture's height in pixels.</summary>
    public int Height { get; }

    /// <summary>Along the crop's side, the pixels that are seen and drawn.</summary>
    public int Size { get; }

    /// <summary>The crop's side in pixels of the picture.</summary>
    public int Side => Size * _step;

    /// <summary>The colour at the middle of the defect.</summary>
    public Rgb Ground { get; private set; }

    /// <summary>The longer side of the box of what was drawn last, in pixels; 0 where nothing shows.</summary>
    public int Length { get; private set; }

    public void Dispose() => _painter.Dispose();

    /// <summary>Takes the part of the picture around a place, in pixels, and returns the place in parts of the crop.</summary>
    public Vector2 MoveTo(ReadOnlySpan<byte> pixels, float x, float y)
    {
        _left = Math.Clamp((int)x - (Side / 2), 0, Width - Side);
        _top = Math.Clamp((int)y - (Side / 2), 0, Height - Side);
        for (int i = 0; i < Size * Size; i++)
        {
            int first = First(i % Size * _step, i / Size * _step);
            _clean.R[i] = pixels[first] / 255f;
            _clean.G[i] = pixels[first + (_channels / 2)] / 255f; // the only byte of a grey pixel
            _clean.B[i] = pixels[first + _channels - 1] / 255f;
        }
        int middle = (((int)y - _top) / _step * Size) + (((int)x - _left) / _step);
        Ground = new Rgb(_clean.R[middle], _clean.G[middle], _clean.B[middle]);
        return new Vector2((x - _left) / Side, (y - _top) / Side);
    }

    /// <summary>Draws marks and returns the length of what shows.</summary>
    public int Draw(IEnumerable<Mark> marks, ulong seed)
    {
        _clean.CopyTo(_spoilt);
        float grain = seed % 997;
        foreach (Mark mark in marks) mark.Apply(_spoilt, _painter, grain += 7.31f);
        Lamp.Shade(_spoilt, _difference, _shadow, _line);
        int plane = Size * Size;
        for (int i = 0; i < plane; i++)
        {
            var change = new Rgb(
                _difference[i] - _clean.R[i], _difference[i + plane] - _clean.G[i], _difference[i + (2 * plane)] - _clean.B[i]);
            Set(i, _isGrey ? Rgb.Grey(change.Luminance) : change);
        }
        return Length = Trim() * _step;
    }

    /// <summary>The whole picture with what was drawn last, at a contrast.</summary>
    public PaintedDefect Finish(ReadOnlySpan<byte> pixels, DefectKind kind, float contrast)
    {
        float[] difference = _step == 1 ? _difference : Enlarged();
        float gain = 1;
        for (int fit = 0; fit < 4; fit++) // what black and white cut off is made up for by the rest
            gain = MathF.Min(MostGain, gain * contrast / MathF.Max(Change(pixels, difference, gain), 0.1f));
        float reached = Change(pixels, difference, gain);
        byte[] painted = pixels.ToArray(), mask = new byte[Width * Height];
        int row = Side * _channels;
        for (int y = 0; y < Side; y++)
        {
            int first = First(0, y);
            _changed.AsSpan(y * row, row).CopyTo(painted.AsSpan(first));
            _marked.AsSpan(y * Side, Side).CopyTo(mask.AsSpan(first / _channels));
        }
        return new PaintedDefect(painted, mask, kind, LengthOf(Side, i => _marked[i] != 0), reached);
    }

    /// <summary>Makes the crop with what was drawn last, at a gain, and returns the mean difference where there is one.</summary>
    private float Change(ReadOnlySpan<byte> pixels, float[] difference, float gain)
    {
        long sum = 0, count = 0;
        for (int i = 0; i < Side * Side; i++)
        {
            int first = First(i % Side, i / Side), most = 0;
            for (int channel = 0; channel < _channels; channel++)
            {
                float add = difference[(channel * Side * Side) + i] * 255 * gain;
                byte value = (byte)Math.Clamp(MathF.Round(pixels[first + channel] + add), 0, 255);
                most = Math.Max(most, Math.Abs(value - pixels[first + channel]));
                _changed[(i * _channels) + channel] = value;
            }
            _marked[i] = most == 0 ? (byte)0 : (byte)255;
            if (most > 0) (sum, count) = (sum + most, count + 1);
        }
        return count == 0 ? 0 : (float)sum / count;
    }

    /// <summary>Sets what is faint to 0 and returns the longer side of the box around the rest.</summary>
    private int Trim()
    {
        float most = 0;
        for (int i = 0; i < Size * Size; i++) most = MathF.Max(most, MostOf(i));
        float least = MathF.Max(LeastDifference, most * ShareOfMost);
        for (int i = 0; i < Size * Size; i++)
        {
            if (MostOf(i) < least) Set(i, default);
        }
        return LengthOf(Size, i => MostOf(i) >= least);
    }

    /// <summary>What the defect adds at every pixel, (3, side, side): between pixels that were drawn, what a straight line says.</summary>
    private float[] Enlarged()
    {
        int side = Side;
        var large = new float[3 * side * side];
        var places = new (int Before, int After, float Part)[side];
        for (int i = 0; i < side; i++)
        {
            int before = i / _step; // pixel n was drawn from pixel n * step
            places[i] = (before, Math.Min(before + 1, Size - 1), (float)(i % _step) / _step);
        }
        for (int row = 0; row < 3 * side; row++)
        {
            (int above, int below, float down) = places[row % side];
            ReadOnlySpan<float> plane = _difference.AsSpan(row / side * Size * Size, Size * Size);
            ReadOnlySpan<float> upper = plane.Slice(above * Size, Size), lower = plane.Slice(below * Size, Size);
            for (int x = 0; x < side; x++)
            {
                (int left, int right, float across) = places[x];
                float high = float.Lerp(upper[left], upper[right], across), low = float.Lerp(lower[left], lower[right], across);
                large[(row * side) + x] = float.Lerp(high, low, down);
            }
        }
        return large;
    }

    /// <summary>The longer side of the box around some pixels of a square; 0 where there are none.</summary>
    private static int LengthOf(int side, Func<int, bool> isIn)
    {
        int left = side, top = side, right = -1, bottom = -1;
        for (int i = 0; i < side * side; i++)
        {
            if (!isIn(i)) continue;
            (left, right) = (Math.Min(left, i % side), Math.Max(right, i % side));
            (top, bottom) = (Math.Min(top, i / side), Math.Max(bottom, i / side));
        }
        return right < 0 ? 0 : Math.Max(right - left, bottom - top) + 1;
    }

    private float MostOf(int pixel)
    {
        int plane = Size * Size;
        float red = MathF.Abs(_difference[pixel]), green = MathF.Abs(_difference[pixel + plane]);
        return MathF.Max(MathF.Max(red, green), MathF.Abs(_difference[pixel + (2 * plane)]));
    }

    private void Set(int pixel, Rgb change)
    {
        int plane = Size * Size;
        (_difference[pixel], _difference[pixel + plane], _difference[pixel + (2 * plane)]) = (change.R, change.G, change.B);
    }

    /// <summary>Where a pixel of the crop begins in the picture.</summary>
    private int First(int x, int y) => (((_top + y) * Width) + _left + x) * _channels;

    /// <summary>Whether a picture in three channels has no colour but what compression leaves.</summary>
    private static bool IsGrey(ReadOnlySpan<byte> pixels)
    {
        const int step = 3 * 17, slack = 6;
        for (int i = 0; i + 2 < pixels.Length; i += step)
        {
            int most = Math.Max(pixels[i], Math.Max(pixels[i + 1], pixels[i + 2]));
            if (most - Math.Min(pixels[i], Math.Min(pixels[i + 1], pixels[i + 2])) > slack) return false;
        }
        return true;
    }
}
