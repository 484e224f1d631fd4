using TorchSharp;

namespace PromptAD.Training;

/// <summary>
/// Numbers for tensor operations. TorchSharp makes a native object of each number and passes its address alone, so the garbage collector
/// may free the object while the operation still reads it: the operation then fails, or silently computes with another number. What comes
/// from here stays alive until its thread has asked for many more, long after the operation has returned.
/// </summary>
internal static class Scalars
{
    private const int Kept = 256; // an operation takes two or three

    [ThreadStatic]
    private static Scalar[]? latest;

    [ThreadStatic]
    private static int count;

    /// <summary>A number as an operand of the next operation on this thread.</summary>
    public static Scalar Keep(double value) => Keep(value.ToScalar());

    /// <summary>An integer, which does not make integers floating.</summary>
    public static Scalar Keep(long value) => Keep(value.ToScalar());

    /// <summary>a + b of two tensors: TorchSharp's own addition makes the number 1 that b is multiplied with.</summary>
    public static torch.Tensor Plus(this torch.Tensor a, torch.Tensor b) => a.add(b, Keep(1));

    /// <summary>a + b of a tensor and a number, for the same reason.</summary>
    public static torch.Tensor Plus(this torch.Tensor a, double b) => a.add(Keep(b), Keep(1));

    private static Scalar Keep(Scalar scalar)
    {
        latest ??= new Scalar[Kept];
        latest[count++ % Kept] = scalar;
        count %= Kept;
        return scalar;
    }
}
