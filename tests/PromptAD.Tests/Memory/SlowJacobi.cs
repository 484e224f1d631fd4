namespace PromptAD.Tests.Memory;

/// <summary>Eigenvalues of a symmetric matrix by Jacobi's rotations, one value beside the diagonal after the other.</summary>
internal static class SlowJacobi
{
    /// <summary>The eigenvalues, the largest first.</summary>
    public static double[] Values(double[] matrix, int width)
    {
        double[] a = [.. matrix];
        for (int sweep = 0; sweep < 50; sweep++)
        {
            double beside = 0;
            for (int p = 0; p < width; p++)
            {
                for (int q = p + 1; q < width; q++)
                {
                    double value = a[(p * width) + q];
                    beside += value * value;
                    if (value == 0) continue;
                    double angle = 0.5 * Math.Atan(2 * value / (a[(q * width) + q] - a[(p * width) + p])); // at most an eighth of a turn
                    Turn(a, width, p, q, Math.Cos(angle), Math.Sin(angle));
                }
            }
            if (beside < 1e-28) break;
        }
        return [.. Enumerable.Range(0, width).Select(i => a[(i * width) + i]).OrderDescending()];
    }

    private static void Turn(double[] a, int width, int p, int q, double cosine, double sine)
    {
        for (int k = 0; k < width; k++)
        {
            (double kp, double kq) = (a[(k * width) + p], a[(k * width) + q]);
            (a[(k * width) + p], a[(k * width) + q]) = ((cosine * kp) - (sine * kq), (sine * kp) + (cosine * kq));
        }
        for (int k = 0; k < width; k++)
        {
            (double pk, double qk) = (a[(p * width) + k], a[(q * width) + k]);
            (a[(p * width) + k], a[(q * width) + k]) = ((cosine * pk) - (sine * qk), (sine * pk) + (cosine * qk));
        }
    }
}
