using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PromptAD.Memory;

/// <summary>
/// The part of <see cref="RowProducts"/> that is summed in registers: two vectors of rows of A with some rows of B.
/// </summary>
internal abstract class RowTile
{
    /// <summary>The most sums that a tile has.</summary>
    public const int MostSums = 256;

    /// <summary>The one for vectors of 512 bits; null where the processor is not fast with them.</summary>
    public static RowTile? Wide { get; } = Vector512.IsHardwareAccelerated ? new WideTile() : null;

    /// <summary>The one for vectors of any width.</summary>
    public static RowTile Usual { get; } = new UsualTile();

    /// <summary>The fastest one here.</summary>
    public static RowTile Best => Wide ?? Usual;

    /// <summary>Rows of A.</summary>
    public abstract int Lanes { get; }

    /// <summary>Rows of B.</summary>
    public abstract int Rows { get; }

    /// <summary>Sums products.</summary>
    /// <param name="a">Rows of A side by side, (width, lanes).</param>
    /// <param name="b">Rows of B, (rows, width).</param>
    /// <param name="sums">The products, (rows, lanes).</param>
    public abstract void Sum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums);

    private sealed class WideTile : RowTile
    {
        public override int Lanes => 2 * Vector512<float>.Count;

        public override int Rows => 8;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first prediction would run in slow code else
        public override void Sum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums)
        {
            int width = b.Length / 8;
            ref float lanes = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b);
            ref float b1 = ref Unsafe.Add(ref b0, width), b2 = ref Unsafe.Add(ref b1, width), b3 = ref Unsafe.Add(ref b2, width);
            ref float b4 = ref Unsafe.Add(ref b3, width), b5 = ref Unsafe.Add(ref b4, width), b6 = ref Unsafe.Add(ref b5, width);
            ref float b7 = ref Unsafe.Add(ref b6, width);
            Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
            Vector512<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
            Vector512<float> s60 = default, s61 = default, s70 = default, s71 = default;
            for (nuint i = 0; i < (nuint)width; i++)
            {
                Vector512<float> x = Vector512.LoadUnsafe(ref lanes, i * 32), y = Vector512.LoadUnsafe(ref lanes, (i * 32) + 16);
                (s00, s01) = Mix(Unsafe.Add(ref b0, i), x, y, s00, s01);
                (s10, s11) = Mix(Unsafe.Add(ref b1, i), x, y, s10, s11);
                (s20, s21) = Mix(Unsafe.Add(ref b2, i), x, y, s20, s21);
                (s30, s31) = Mix(Unsafe.Add(ref b3, i), x, y, s30, s31);
                (s40, s41) = Mix(Unsafe.Add(ref b4, i), x, y, s40, s41);
                (s50, s51) = Mix(Unsafe.Add(ref b5, i), x, y, s50, s51);
                (s60, s61) = Mix(Unsafe.Add(ref b6, i), x, y, s60, s61);
                (s70, s71) = Mix(Unsafe.Add(ref b7, i), x, y, s70, s71);
            }
            Store(sums, 0, s00, s01);
            Store(sums, 1, s10, s11);
            Store(sums, 2, s20, s21);
            Store(sums, 3, s30, s31);
            Store(sums, 4, s40, s41);
            Store(sums, 5, s50, s51);
            Store(sums, 6, s60, s61);
            Store(sums, 7, s70, s71);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector512<float> X, Vector512<float> Y) Mix(
            float b, Vector512<float> x, Vector512<float> y, Vector512<float> sumX, Vector512<float> sumY)
        {
            Vector512<float> all = Vector512.Create(b);
            return (Vector512.FusedMultiplyAdd(all, x, sumX), Vector512.FusedMultiplyAdd(all, y, sumY));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(Span<float> sums, int row, Vector512<float> x, Vector512<float> y)
        {
            x.CopyTo(sums[(row * 32)..]);
            y.CopyTo(sums[((row * 32) + 16)..]);
        }
    }

    private sealed class UsualTile : RowTile
    {
        public override int Lanes => 2 * Vector<float>.Count;

        public override int Rows => 6;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Sum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums)
        {
            int width = b.Length / 6;
            nuint vector = (nuint)Vector<float>.Count;
            ref float lanes = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b);
            ref float b1 = ref Unsafe.Add(ref b0, width), b2 = ref Unsafe.Add(ref b1, width), b3 = ref Unsafe.Add(ref b2, width);
            ref float b4 = ref Unsafe.Add(ref b3, width), b5 = ref Unsafe.Add(ref b4, width);
            Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
            Vector<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
            for (nuint i = 0; i < (nuint)width; i++)
            {
                Vector<float> x = Vector.LoadUnsafe(ref lanes, 2 * i * vector), y = Vector.LoadUnsafe(ref lanes, ((2 * i) + 1) * vector);
                (s00, s01) = Mix(Unsafe.Add(ref b0, i), x, y, s00, s01);
                (s10, s11) = Mix(Unsafe.Add(ref b1, i), x, y, s10, s11);
                (s20, s21) = Mix(Unsafe.Add(ref b2, i), x, y, s20, s21);
                (s30, s31) = Mix(Unsafe.Add(ref b3, i), x, y, s30, s31);
                (s40, s41) = Mix(Unsafe.Add(ref b4, i), x, y, s40, s41);
                (s50, s51) = Mix(Unsafe.Add(ref b5, i), x, y, s50, s51);
            }
            Store(sums, 0, s00, s01);
            Store(sums, 1, s10, s11);
            Store(sums, 2, s20, s21);
            Store(sums, 3, s30, s31);
            Store(sums, 4, s40, s41);
            Store(sums, 5, s50, s51);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector<float> X, Vector<float> Y) Mix(
            float b, Vector<float> x, Vector<float> y, Vector<float> sumX, Vector<float> sumY)
        {
            var all = new Vector<float>(b);
            return (Vector.FusedMultiplyAdd(all, x, sumX), Vector.FusedMultiplyAdd(all, y, sumY));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(Span<float> sums, int row, Vector<float> x, Vector<float> y)
        {
            x.CopyTo(sums[(2 * row * Vector<float>.Count)..]);
            y.CopyTo(sums[(((2 * row) + 1) * Vector<float>.Count)..]);
        }
    }
}
