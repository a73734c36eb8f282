using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Interop;

public class AtenExceptionTests : TensorTest
{
    [Fact]
    public void Mm_ShapesThatDoNotFit_NamesSchemaShapesAndReason()
    {
        AtenException error = Assert.Throws<AtenException>(() => zeros(2, 3).mm(zeros(2, 3)));
        Assert.IsAssignableFrom<ExternalException>(error);
        Assert.Contains("shapes cannot be multiplied (2x3 and 2x3)", error.Message);
        Assert.Contains("aten::mm(Tensor self, Tensor mat2) -> Tensor", error.Message);
        Assert.Contains("(Float32 [2, 3], Float32 [2, 3])", error.Message);
    }

    [Fact]
    public void Call_AfterAFailure_WorksAsBefore()
    {
        Assert.Throws<AtenException>(() => zeros(2).reshape(3));
        Assert.Equal(2, zeros(2).numel());
    }

    [Fact]
    public void Failures_ManyTimes_LeakNoTensor()
    {
        long before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            for (int k = 0; k < 1000; k++)
            {
                Assert.Throws<AtenException>(() => zeros(2).reshape(3));
            }
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Dtype_ThatDoesNotFit_NamesBoth()
    {
        AtenException error = Assert.Throws<AtenException>(() => zeros(2, 2).mm(zeros(new long[] { 2, 2 }, int64)));
        Assert.Contains("Int64 [2, 2]", error.Message);
    }
}
